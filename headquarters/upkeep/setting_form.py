"""The form of a decision about one setting of the plan (docs/rules.md §10).

It starts from the newest version; `settings` is that one with what was typed.
"""

from dataclasses import replace
from datetime import date

from django import forms

from foundation.japanese.calendar import add_months, month_span
from foundation.japanese.fields import JapaneseDateField, MonthField, offer_months
from foundation.japanese.ranges import decision_days
from foundation.records.forms import ChangesRow
from measures.closings import first_open
from measures.deciding import Decision
from measures.models import Plan
from measures.settings_of import FIELD, SettingKind, Settings, SettingVersions

YEAR = 12


class SettingForm(ChangesRow, forms.Form):
    """A decision about one setting: subclasses ask for the value."""

    kind: SettingKind
    group, hint = "評価", ""

    def __init__(self, plan: Plan, versions: SettingVersions, data=None, *, on: date):
        self.plan = plan
        self.before = versions.in_month(plan.months.last)
        super().__init__(data, initial=self.start(self.before), facts=self.start(self.before))
        self._ask_for_decision(on)

    def _ask_for_decision(self, on: date) -> None:
        """From when it holds, and who decided it, after the value."""
        first, last = first_open(self.plan.months.first), self.plan.months.last
        collected = max(first, self.plan.months.collected(on))
        self.fields["from_month"] = MonthField(label="いつから", initial=min(collected, last))
        offer_months(self, "from_month", month_span(first, min(last, add_months(on, YEAR))))
        self.fields["decided_on"] = JapaneseDateField(label="決定日", within=decision_days)
        self.fields["decided_where"] = forms.CharField(
            label="決めた会議等", max_length=100, help_text="例：第2回推進本部会議、総務課長の承認"
        )
        self.fields["reason"] = forms.CharField(
            label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
        )

    @classmethod
    def start(cls, settings: Settings) -> dict:
        """Initial values of the fields of the value."""
        return {str(cls.kind.value): getattr(settings, FIELD[cls.kind])}

    @classmethod
    def words(cls, settings: Settings) -> str:
        """The value in words."""
        raise NotImplementedError

    @classmethod
    def aside(cls, settings: Settings) -> str:
        """What is said below the value, in small letters."""
        return cls.hint

    @classmethod
    def in_full(cls, settings: Settings) -> str:
        """The value with what else belongs to it, as the history keeps it."""
        words, aside = cls.words(settings), cls.aside(settings)
        return words if aside in ("", cls.hint) else f"{words}　{aside}"

    @property
    def settings(self) -> Settings:
        """The settings with what was typed."""
        return replace(self.before, **{FIELD[self.kind]: self.cleaned_data[self.kind.value]})

    @property
    def decision(self) -> Decision:
        """The cleaned input as the action takes it."""
        given = self.cleaned_data
        return Decision(
            kind=self.kind,
            settings=self.settings,
            from_month=given.get("from_month", self.plan.months.first),
            decided_on=given["decided_on"],
            decided_where=given["decided_where"],
            reason=given["reason"],
            words=(self.in_full(self.before), self.in_full(self.settings)),
        )

    @property
    def value_fields(self) -> list:
        """The boxes of the value itself."""
        return [self[name] for name in self.start(self.before)]

    @property
    def decision_fields(self) -> list:
        """The boxes of the decision."""
        names = ("from_month", "decided_on", "decided_where", "reason")
        return [self[name] for name in names if name in self.fields]
