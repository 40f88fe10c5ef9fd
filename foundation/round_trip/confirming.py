"""The confirmation of a preview: what was seen of it, and a choice for each conflict."""

from typing import Any

from django import forms

from foundation.records.forms import ChangesRow
from foundation.round_trip.choices import Pick
from foundation.round_trip.preview import BasePreview, Picks

CHOOSE = "どちらにするかを選んでください。"


class TakeOverForm(ChangesRow, forms.Form):
    """Confirms exactly the preview that was shown."""

    def __init__(self, data=None, *, preview: BasePreview[Any]):
        self.preview = preview
        super().__init__(
            data,
            facts={"shown": preview.digest},
        )
        for choice in preview.choices:
            self.fields[choice.name] = forms.ChoiceField(
                label=choice.label,
                choices=Pick.choices,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )

    @property
    def has_moved(self) -> bool:
        """Was another preview confirmed than the one that stands now?"""
        return self.seen is not None and bool(self.seen.moved({"shown": self.preview.digest}))

    @property
    def picks(self) -> Picks:
        """{id of a row: {part: what was chosen}}."""
        found: dict[int, dict[str, str]] = {}
        for choice in self.preview.choices:
            chosen = found.setdefault(choice.key, {})
            chosen[choice.part] = self.cleaned_data[choice.name]
        return found
