"""The entry form of one cell. Typed text is kept when it is wrong; the definition says what may be typed."""

from django import forms

from japanese.fields import JapaneseDecimalField
from kpi.checks import Entry
from kpi.choices import Kind, Maturity, MissingReason

ANSWER_CHOICES = [
    *Maturity.choices,
    ("値なし", list(MissingReason.choices)),
]


class EntryForm(forms.Form):
    """Value, or numerator and denominator, or a missing reason; comment; the version that was seen.

    `answer` is 確定・暫定 or one of the reasons why there is no value.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    answer = forms.ChoiceField(label="区分", choices=ANSWER_CHOICES)
    note = forms.CharField(label="コメント", required=False, max_length=1000)
    reason = forms.CharField(label="直す理由", required=False, max_length=300)

    def __init__(self, definition, data=None, *, stored=None):
        self.definition, self.stored = definition, stored
        super().__init__(data, initial=self._initial(stored), prefix=None)
        for name, unit in self._boxes():
            self.fields[name] = JapaneseDecimalField(unit=unit, allow_negative=True, required=False)

    def _boxes(self):
        if self.definition.kind == Kind.RATIO:
            return (("numerator", self.definition.numerator_unit), ("denominator", self.definition.denominator_unit))
        return (("value", self.definition.unit),)

    @staticmethod
    def _initial(stored):
        if stored is None:
            return {"seen_version": 0, "answer": Maturity.CONFIRMED}
        return {
            "seen_version": stored.version, "answer": stored.missing_reason or stored.maturity, "note": stored.note,
            "value": stored.value, "numerator": stored.numerator, "denominator": stored.denominator,
        }

    @property
    def boxes(self):
        """The number fields in order, bound."""
        return [self[name] for name, _ in self._boxes()]

    @property
    def entry(self) -> Entry:
        """The cleaned input as the action takes it; what the form does not show stays as stored."""
        cleaned, stored = self.cleaned_data, self.stored
        missing = cleaned["answer"] if cleaned["answer"] in MissingReason.values else ""
        return Entry(
            value=cleaned.get("value"), numerator=cleaned.get("numerator"), denominator=cleaned.get("denominator"),
            missing_reason=missing, maturity=Maturity.CONFIRMED if missing else cleaned["answer"],
            note=cleaned["note"], as_of=stored.as_of if stored else None,
            public_note=stored.public_note if stored else "", follow_up=stored.follow_up if stored else False,
        )
