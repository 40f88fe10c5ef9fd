"""A confirmation does what its preview showed, or nothing and says so.

The page that shows what would be done carries a stamp of what it says (`stamp_of`). Confirmed, it
is worked out anew inside the lock, and where it would be something else by now, nothing is done
(`Conflict`) and the page is shown again as things stand.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.safestring import SafeString, mark_safe

from foundation.records.conflict import Conflict
from foundation.records.forms import RecordsOnce

Made = TypeVar("Made")
MOVED = (
    "確かめている間に、ほかの人が保存するなどして内容が変わりました。まだ何も登録していません。"
    "下の内容を確かめて、もう一度押してください。"
)


def stamp_of(said: Any) -> str:
    """A digest of what a page says: texts, numbers and days in lists."""
    text = json.dumps(said, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _NeverCarried(forms.HiddenInput):
    """The button of the preview sends it; a form that is drawn again is not confirmed by it."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """Nothing."""
        return mark_safe("")


class CarriesShown(RecordsOnce, forms.Form):
    """A form whose page shows what would come of it, and carries the stamp of that."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    conflict: Conflict | None = None

    def show(self, said: Any) -> None:
        """The page says this; its button confirms this."""
        if not self.is_bound:
            self.initial["shown"] = stamp_of(said)
            return
        self.data = self.data.copy()
        self.data[self.add_prefix("shown")] = stamp_of(said)

    def check_shown(self, said: Any) -> None:
        """Conflict where the page said something else than what would be done now."""
        if self.cleaned_data["shown"] != stamp_of(said):
            raise Conflict(None, MOVED)

    def as_shown(self, make: Callable[[], Made], said: Callable[[Made], Any]) -> Made:
        """Make it, and take it back by a Conflict where it is not what was shown.

        In the transaction of `record_once`.
        """
        made = make()
        self.check_shown(said(made))
        return made

    def tell(self, conflict: Conflict) -> None:
        """Say that it moved; the page is drawn anew with a token of its own."""
        self.conflict = conflict
        self.renew()
        self.add_error(None, conflict.sentence)


class Confirms(CarriesShown):
    """A form that is sent twice: to look at what would come of it, and to confirm that."""

    confirm = forms.BooleanField(required=False, widget=_NeverCarried)

    @property
    def is_confirmed(self) -> bool:
        """Was the button of the preview pressed?"""
        return bool(self.cleaned_data.get("confirm"))
