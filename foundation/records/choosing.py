"""Several rows of a list, ticked in a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.japanese.numbers import whole_number


class SeveralField(forms.ModelMultipleChoiceField):
    """Refuses a number that no row can have, as one that no row has.

    Django hands all of them to the database (`pk__in`), where one beyond its whole numbers is an
    exception, not an answer.
    """

    def clean(self, value: Any) -> Any:
        """As Django's; the numbers are looked at before the database is asked."""
        for each in value if isinstance(value, list | tuple) else ():
            if whole_number(str(each)) is None:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": each},
                )
        return super().clean(value)
