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
from kpi.choices import BaselineSpan, DefinitionChange, Direction, Kind
from kpi.models import Definition, Indicator
from kpi.models.indicator import MOST_DECIMALS
from kpi.rules.checks import places_of
from kpi.setup.definitions import FIELDS, Limits
from kpi.setup.parts import PARTS, Part
from kpi.setup.targets import NewTarget

NUMBERS = ("value", "midyear_value", "lower", "upper")


ONLY_INCREASING = "「増加」を目指す指標で、前後の年度より下がる目標が正しいとき"


class TargetForm(RecordsOnce, forms.Form):
    """One version of one fiscal year's target, beginning with the version in force.

    `rows`: the versions there are, oldest first; the page carries the newest of every year, so that
    no version is passed unseen. `year`: the year of the page; the form offers only that one, whose
    numbers it begins with.
    """

    def __init__(self, definition, years, data=None, *, rows=(), standing=None, year=None):
        self.newest = {row.fiscal_year: row.version for row in rows}
        standing = standing or {}
        missing = [each for each in years if each not in standing]
        first = year if year in years else next(iter(missing), years[0])
        self.beginning, self.year = standing.get(first), first
        offered = years if data is not None else [first]
        super().__init__(data)
        self.fields["versions"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self._versions(years)
        )
        self.fields["fiscal_year"] = forms.TypedChoiceField(
            label="年度",
            coerce=int,
            choices=[(each, fiscal_year_label(each)) for each in offered],
            initial=first,
        )
        self._add_numbers(definition)
        self._add_terms(years)
        self._add_exceptions(definition, rows)

    def _add_numbers(self, definition) -> None:
        unit = definition.unit
        if definition.direction == Direction.MAINTAIN:
            labels = {"lower": f"下限（{unit}）", "upper": f"上限（{unit}）"}
        else:
            labels = {
                "value": f"年度目標（{unit}）",
                "midyear_value": f"中間目標（9月末、{unit}）",
            }
        for name, label in labels.items():
            self.fields[name] = JapaneseDecimalField(
                label=label,
                unit=unit,
                allow_negative=True,
                decimals=places_of(definition, "value"),
                required=False,
                initial=getattr(self.beginning, name, None),
                help_text="空欄は中間目標なし" if name == "midyear_value" else "",
            )

    def _add_terms(self, years) -> None:
        self.fields["from_month"] = MonthField(
            label="使い始める月",
            required=False,
            help_text="空欄のとき：最初の目標はその年度の4月から、見直しは決定日の月"
            "（決定日がないか締めた月なら、まだ締めていない最初の月）から",
        )
        offer_months(self, "from_month", months_of_years(years))
        for name, label, length in (
            ("rationale", "目標の根拠", 300),
            ("reason", "見直しの理由", 300),
            ("decided_where", "決定した会議等", 100),
        ):
            self.fields[name] = forms.CharField(label=label, required=False, max_length=length)
        self.fields["decided_on"] = JapaneseDateField(label="決定日", required=False)

    def _add_exceptions(self, definition, rows) -> None:
        if definition.direction == Direction.INCREASE:
            self.fields["confirmed"] = forms.BooleanField(
                label="下がる目標で登録する", required=False, help_text=ONLY_INCREASING
            )
        self.fields["none"] = forms.BooleanField(
            label="目標を置かない（推移で確認する）",
            required=False,
            help_text="決定日・決定した会議等・理由を入力します。目標の欄は使いません",
        )
        choices = [
            (f"{row.fiscal_year}:{row.version}", f"{fiscal_year_label(row.fiscal_year)} {row.name}")
            for row in rows
            if not row.withdraws
        ]
        self.fields["withdraws"] = forms.ChoiceField(
            label="取り下げる版",
            required=False,
            choices=[("", "（取り下げない）"), *choices],
            help_text="誤って登録した版を取り下げると、その前の版が再び有効になります",
        )

    def _versions(self, years) -> str:
        """「2026:1 2027:0」: the newest version of every year."""
        return " ".join(f"{year}:{self.newest.get(year, 0)}" for year in years)

    def look_again(self) -> None:
        """The page that is shown again has seen the versions of now."""
        self.data = self.data.copy()
        self.data["versions"] = self.fields["versions"].initial

    @property
    def seen_version(self) -> int:
        """The newest version of the chosen year that the page showed (0: none)."""
        pairs = (part.partition(":") for part in self.cleaned_data["versions"].split())
        seen = {year: version for year, _, version in pairs}
        return whole_number(seen.get(str(self.new_target.fiscal_year)), 0)

    @property
    def new_target(self) -> NewTarget:
        """The cleaned input as the action takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "versions"}
        given.setdefault("confirmed", True)
        year, _, version = given.pop("withdraws", "").partition(":")
        if version:
            given |= {"fiscal_year": int(year), "none": False}
        if version or given["none"]:
            given = {name: value for name, value in given.items() if name not in NUMBERS}
        return NewTarget(**given, withdraws=int(version) if version else None)


class TermsForm(forms.Form):
    """What the whole target table is saved with: from when, why, decided where."""

    from_month = MonthField(label="使い始める月", required=False)
    reason = forms.CharField(label="見直しの理由", required=False, max_length=300)
    decided_on = JapaneseDateField(label="決定日", required=False)
    decided_where = forms.CharField(label="決定した会議等", required=False, max_length=100)
    confirmed = forms.BooleanField(label="下がる目標で登録する", required=False)


class TargetPasteForm(TermsForm):
    """A block copied from Excel, the cell where it was pasted, and what all its targets share."""

    text = forms.CharField(required=False, strip=False)
    start = forms.CharField(required=False, max_length=10)
    cell = forms.CharField(required=False, max_length=20)
    apply = forms.BooleanField(required=False)

    @property
    def year(self) -> str:
        """The fiscal year of the cell: its name ends with it."""
        return self.cleaned_data["cell"].rpartition("-y")[2]

    @property
    def terms(self) -> dict:
        """What all targets of the block are saved with."""
        return {name: self.cleaned_data[name] for name in TermsForm.base_fields}


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
    baseline_span = forms.ChoiceField(
        label="基準値の期間",
        choices=BaselineSpan,
        required=False,
        help_text="4月から翌年3月までの1年の値でなければ「その他」",
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
    change = forms.ChoiceField(
        label="変更の種類",
        choices=[
            ("", "（単位・種類・集計方法・分子・分母を変えるとき）"),
            *DefinitionChange.choices,
        ],
        required=False,
        help_text="言い換えは前の月の数字に続けます。数え方の変更は、その月から数え直します",
    )
    lower = JapaneseDecimalField(
        label="下限（方向性を「維持」に変えるとき）", required=False, allow_negative=True
    )
    upper = JapaneseDecimalField(
        label="上限（方向性を「維持」に変えるとき）", required=False, allow_negative=True
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
        source = self.fields["numerator_source"]
        assert isinstance(source, forms.ModelChoiceField)
        source.empty_label = "（分子も入力する）"
        source.queryset = Indicator.objects.exclude(pk=self.instance.indicator_id)
        self.fields["due_month"].help_text = "4～12、1～3の数字"

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        cleaned["baseline_span"] = cleaned.get("baseline_span") or BaselineSpan.ONE_YEAR
        if cleaned.get("kind") == Kind.NUMBER:
            for name in (
                "numerator_label",
                "numerator_unit",
                "denominator_label",
                "denominator_unit",
            ):
                cleaned[name] = ""
            cleaned["numerator_source"] = None
        return cleaned

    @property
    def parts(self) -> list[tuple[Part, list[forms.BoundField]]]:
        """The boxes by what they are about."""
        return [(part, [self[name] for name in part.names]) for part in PARTS]

    @property
    def limits(self) -> Limits:
        """The range of an indicator to be maintained."""
        return Limits(self.cleaned_data["lower"], self.cleaned_data["upper"])

    @property
    def values(self) -> dict:
        """{field: value} as the action takes it."""
        return {name: self.cleaned_data[name] for name in FIELDS}
