"""Forms of the set-up: targets and definitions."""

from django import forms

from foundation.japanese.calendar import fiscal_year_label, months_of_years
from foundation.japanese.fields import (
    JapaneseDateField,
    JapaneseDecimalField,
    MonthField,
    WholeNumberField,
    offer_months,
)
from foundation.japanese.numbers import whole_number
from foundation.records.forms import ChangesRow, RecordsOnce
from kpi.choices import Direction, Kind
from kpi.models import Definition
from kpi.models.indicator import MOST_DECIMALS
from kpi.setup.definitions import FIELDS
from kpi.setup.targets import NewTarget


class TargetForm(RecordsOnce, forms.Form):
    """One version of one fiscal year's target.

    `newest`: {year: newest version}, which the page carries so that no version is passed unseen.
    """

    def __init__(self, definition, years, data=None, *, newest=None):
        self.newest = newest or {}
        super().__init__(data)
        self.fields["versions"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self._versions()
        )
        box = {
            "unit": definition.unit,
            "allow_negative": True,
            "decimals": definition.decimals,
            "required": False,
        }
        self.fields["fiscal_year"] = forms.TypedChoiceField(
            label="年度", coerce=int, choices=[(year, fiscal_year_label(year)) for year in years]
        )
        if definition.direction == Direction.MAINTAIN:
            self.fields["lower"] = JapaneseDecimalField(label=f"下限（{definition.unit}）", **box)
            self.fields["upper"] = JapaneseDecimalField(label=f"上限（{definition.unit}）", **box)
        else:
            self.fields["value"] = JapaneseDecimalField(
                label=f"年度目標（{definition.unit}）", **box
            )
            self.fields["midyear_value"] = JapaneseDecimalField(
                label=f"中間目標（9月末、{definition.unit}）", help_text="空欄は中間目標なし", **box
            )
        self.fields["from_month"] = MonthField(
            label="使い始める月",
            required=False,
            help_text="最初の目標は空欄（その年度の4月から）。見直しのときは月を選びます",
        )
        offer_months(self, "from_month", months_of_years(years))
        for name, label, length in (
            ("rationale", "目標の根拠", 300),
            ("reason", "見直しの理由", 300),
            ("decided_where", "決定した会議等", 100),
        ):
            self.fields[name] = forms.CharField(label=label, required=False, max_length=length)
        self.fields["decided_on"] = JapaneseDateField(label="決定日", required=False)

    def _versions(self) -> str:
        """「2026:1 2027:0」: the newest version of every year."""
        return " ".join(f"{year}:{version}" for year, version in self.newest.items())

    def look_again(self) -> None:
        """The page that is shown again has seen the versions of now."""
        self.data = self.data.copy()
        self.data["versions"] = self._versions()

    @property
    def seen_version(self) -> int:
        """The newest version of the chosen year that the page showed (0: none)."""
        pairs = (part.partition(":") for part in self.cleaned_data["versions"].split())
        seen = {year: version for year, _, version in pairs}
        return whole_number(seen.get(str(self.cleaned_data["fiscal_year"])), 0)

    @property
    def new_target(self) -> NewTarget:
        """The cleaned input as the action takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "versions"}
        return NewTarget(**given)


class TermsForm(forms.Form):
    """What the whole target table is saved with: from when, why, decided where."""

    from_month = MonthField(label="使い始める月", required=False)
    reason = forms.CharField(label="見直しの理由", required=False, max_length=300)
    decided_on = JapaneseDateField(label="決定日", required=False)
    decided_where = forms.CharField(label="決定した会議等", required=False, max_length=100)


class DefinitionForm(ChangesRow, forms.ModelForm):
    """How an indicator is counted, from a month on."""

    decimals = WholeNumberField(label="小数桁", min_value=0, max_value=MOST_DECIMALS)
    due_month = WholeNumberField(label="測定月（年1回のとき）", min_value=1, max_value=12)
    baseline_value = JapaneseDecimalField(label="基準値", required=False, allow_negative=True)
    baseline_fiscal_year = WholeNumberField(
        label="基準年度",
        min_value=2000,
        max_value=2100,
        required=False,
        help_text="例：2025（令和7年度）",
    )
    measured_from = MonthField(
        label="測定開始月", required=False, help_text="「導入後に測定」のとき。例：2027-01"
    )
    measured_until = MonthField(
        label="測定終了月", required=False, help_text="途中で測定をやめるとき。例：2028-03"
    )
    published = forms.BooleanField(label="公表する", required=False)
    from_month = MonthField(
        label="適用月",
        required=False,
        help_text="実績がある指標の数え方を変えるときに、新しい定義を使い始める月",
    )
    reason = forms.CharField(
        label="変更の理由", required=False, max_length=300, help_text="実績がある指標では必須"
    )

    class Meta:
        model = Definition
        fields = FIELDS
        widgets = {"formula_text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["published"].initial = self.instance.indicator.published
        plan = self.instance.indicator.measure.policy.plan
        offer_months(self, "from_month", months_of_years(plan.fiscal_years))
        baseline, department = self.fields["baseline_value"], self.fields["department"]
        assert isinstance(baseline, JapaneseDecimalField)
        assert isinstance(department, forms.ModelChoiceField)
        baseline.unit = self.instance.unit
        department.empty_label = "施策の所管課"
        self.fields["due_month"].help_text = "4～12、1～3の数字"

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("kind") == Kind.NUMBER:
            for name in (
                "numerator_label",
                "numerator_unit",
                "denominator_label",
                "denominator_unit",
            ):
                cleaned[name] = ""
        return cleaned

    @property
    def values(self) -> dict:
        """{field: value} as the action takes it."""
        return {name: self.cleaned_data[name] for name in FIELDS}
