"""The forms of a cell and of a target. Typed text is kept when it is wrong; the definition says what may be typed."""

from django import forms

from japanese.calendar import fiscal_year_label
from japanese.fields import JapaneseDateField, JapaneseDecimalField, MonthField
from kpi.checks import Entry
from kpi.choices import Direction, Kind, Maturity, MissingReason
from kpi.targets import NewTarget

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


class TargetForm(forms.Form):
    """One version of one fiscal year's target."""

    def __init__(self, definition, years, data=None):
        super().__init__(data)
        box = {"unit": definition.unit, "allow_negative": True, "decimals": definition.decimals, "required": False}
        self.fields["fiscal_year"] = forms.TypedChoiceField(
            label="年度", coerce=int, choices=[(year, fiscal_year_label(year)) for year in years]
        )
        if definition.direction == Direction.MAINTAIN:
            self.fields["lower"] = JapaneseDecimalField(label=f"下限（{definition.unit}）", **box)
            self.fields["upper"] = JapaneseDecimalField(label=f"上限（{definition.unit}）", **box)
        else:
            self.fields["value"] = JapaneseDecimalField(label=f"年度目標（{definition.unit}）", **box)
            self.fields["midyear_value"] = JapaneseDecimalField(
                label=f"中間目標（9月末、{definition.unit}）", help_text="空欄は中間目標なし", **box
            )
        self.fields["from_month"] = MonthField(
            label="使い始める月", required=False, help_text="最初の目標は空欄（その年度の4月から）。見直しのときは例：2026-10"
        )
        for name, label, length in (("rationale", "目標の根拠", 300), ("reason", "見直しの理由", 300),
                                    ("decided_where", "決定した会議等", 100)):
            self.fields[name] = forms.CharField(label=label, required=False, max_length=length)
        self.fields["decided_on"] = JapaneseDateField(label="決定日", required=False)

    @property
    def new_target(self) -> NewTarget:
        """The cleaned input as the action takes it."""
        return NewTarget(**self.cleaned_data)
