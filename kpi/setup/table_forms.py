"""The forms of the definition table: one row of it, and the press that reads or saves it."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from foundation.japanese.calendar import fiscal_year, fiscal_year_short, read_month
from foundation.japanese.fields import JapaneseDecimalField
from foundation.records.forms import ChangesRow
from foundation.records.seen import posted_texts
from foundation.records.sides import words_of
from kpi.choices import Accumulation, BaselineSpan, Direction, Frequency, Kind
from kpi.models import Definition, Indicator
from kpi.rules.codes import plain_code
from kpi.setup.definitions import FIELDS, shown_of
from kpi.setup.linking import LINK

COLUMNS = (  # as they stand on the page, and as a block from Excel is read
    "unit",
    "kind",
    "direction",
    "accumulation",
    "timing",
    "baseline_value",
    "baseline_fiscal_year",
    "baseline_span",
    "department",
    "publish",
    "numerator_source",
)
POINTS = {  # column → what its open point is called
    "unit": "unit",
    "accumulation": "accumulation",
    "timing": "frequency",
    "baseline_value": "baseline_value",
    "publish": "published",
}
SYNONYMS = {  # what Excel sheets of the town say → what a list of choices says
    "数": "数値",
    "増やす": "増加",
    "減らす": "減少",
    "最新の値": "最新値",
    "4月からの累計": Accumulation.LATEST_OF_YEAR.label,
    "四半期ごと": "四半期",
    "半期": "半年",
    "半年ごと": "半年",
    "公表する": "公表",
    "公表しない": "内部",
}
FISCAL_MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
TIMINGS = [
    (Frequency.MONTHLY.value, "毎月"),
    (Frequency.QUARTERLY.value, "四半期"),
    (Frequency.HALF_YEARLY.value, "半年"),
    *((f"{Frequency.YEARLY.value}:{month}", f"年1回 {month}月") for month in FISCAL_MONTHS),
]
RANGE = "「維持」には範囲（下限・上限）も要ります。指標の番号から開く定義の画面で変えてください。"
LABELS = "「割合」には分子と分母の名前も要ります。指標の番号から開く定義の画面で変えてください。"
HAS_VALUES = (
    "実績がある指標です。指標の番号から開く定義の画面で、適用月と理由を付けて変えてください。"
)


def plain(text: str) -> str:
    """A text by which choices are compared: width and blanks do not count."""
    return "".join(
        unicodedata.normalize(
            "NFKC",
            text,
        ).split()
    )


class FiscalYearField(forms.Field):
    """A fiscal year as officials write it: R7, 令和7年度, 2025. Cleans to int or None."""

    def to_python(self, value):
        typed = plain(str(value or ""))
        if not typed:
            return None
        text = typed.removesuffix("度").removesuffix("年")
        try:
            year = fiscal_year(read_month(f"{text}.5"))
        except ValueError:
            wanted = f"「{value}」は年度として読めません。「R7」「2025」のように入力してください。"
            raise ValidationError(wanted) from None
        if not 2000 <= year <= 2100:
            raise ValidationError("2000～2100の年度で入力してください。")
        return year

    def prepare_value(self, value):
        return fiscal_year_short(value) if isinstance(value, int) else value

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


Sources = dict[int, Indicator]


class DefinitionRowForm(ChangesRow, forms.Form):
    """How one indicator is counted, as a row; its provisional values are ticked as holding."""

    unit = forms.CharField(label="単位", max_length=10)
    kind = forms.ChoiceField(label="種類", choices=Kind)
    direction = forms.ChoiceField(label="方向性", choices=Direction)
    accumulation = forms.ChoiceField(label="集計方法", choices=Accumulation)
    timing = forms.ChoiceField(label="頻度", choices=TIMINGS)
    baseline_value = JapaneseDecimalField(label="基準値", required=False, allow_negative=True)
    baseline_fiscal_year = FiscalYearField(label="基準年度", required=False)
    baseline_span = forms.ChoiceField(label="期間", choices=BaselineSpan)
    department = forms.TypedChoiceField(
        label="入力課", coerce=int, empty_value=None, required=False
    )
    publish = forms.ChoiceField(label="公表", choices=[("1", "公表"), ("0", "内部")])
    numerator_source = forms.TypedChoiceField(
        label="分子にする指標", coerce=int, empty_value=None, required=False
    )
    settle = forms.BooleanField(label="仮の値のとおり確定する", required=False)

    def __init__(
        self, definition: Definition, code: str, departments: dict, sources: Sources, data=None
    ):
        self.definition, self.code, self.departments = definition, code, departments
        self.sources = sources
        self.locked = False
        facts = shown_of(definition)
        super().__init__(data, prefix=code, initial=self._start(facts), facts=facts)
        own = [(pk, department.name) for pk, department in departments.items()]
        department, baseline = self.fields["department"], self.fields["baseline_value"]
        assert isinstance(department, forms.ChoiceField)
        assert isinstance(baseline, JapaneseDecimalField)
        department.choices = [("", "施策の所管課"), *own]
        self._offer_sources()
        baseline.unit = definition.unit
        for name in COLUMNS:
            box = self.fields[name]
            box.widget.attrs |= {"class": "dx-gc", "data-cell": name, "autocomplete": "off"}
            box.widget.attrs["aria-label"] = f"{code} {box.label}"
            box.widget.attrs["data-stored"] = "".join(posted_texts(box, self.initial[name]))

    def _offer_sources(self) -> None:
        """What the numerator of a ratio can be read from; a number has none."""
        box, own = self.fields["numerator_source"], self.definition.indicator_id
        assert isinstance(box, forms.ChoiceField)
        if self.definition.kind == Kind.RATIO:
            rows = [(pk, row.code) for pk, row in self.sources.items() if pk != own]
            box.choices = [("", "入力"), *rows]
        else:
            box.choices = [("", "－")]

    def _start(self, facts: dict) -> dict:
        yearly = facts["frequency"] == Frequency.YEARLY
        month = f":{facts['due_month']}" if yearly else ""
        return facts | {
            "timing": f"{facts['frequency']}{month}",
            "department": self.definition.department_id,
            "numerator_source": self.definition.numerator_source_id,
            "publish": "1" if facts["published"] else "0",
            "settle": True,
        }

    @property
    def moved(self) -> list[str]:
        """The columns in which something else was typed than what is stored."""
        if not self.is_bound:
            return []
        return [name for name in COLUMNS if name in self.changed_data]

    def clean(self):
        cleaned = super().clean()
        if self.locked and self.moved:
            raise ValidationError(HAS_VALUES)
        if "direction" in self.moved and cleaned.get("direction") == Direction.MAINTAIN:
            self.add_error("direction", RANGE)
        ratio = cleaned.get("kind") == Kind.RATIO
        if ratio and not self.definition.numerator_label:
            self.add_error("kind", LABELS)
        return cleaned

    @property
    def values(self) -> dict:
        """{field: value} as `set_definition` takes it."""
        cleaned, row = self.cleaned_data, self.definition
        frequency, _, month = cleaned["timing"].partition(":")
        values = {name: cleaned.get(name, getattr(row, name)) for name in FIELDS}
        values |= {
            "frequency": frequency,
            "due_month": int(month) if month else row.due_month,
            "department": self.departments.get(cleaned["department"]),
            "numerator_source": self.sources.get(cleaned["numerator_source"]),
        }
        if cleaned["kind"] == Kind.NUMBER:
            parts = [name for name in FIELDS if name.startswith(("numerator", "denominator"))]
            values |= dict.fromkeys(parts, "") | {LINK: None}
        return values

    @property
    def published(self) -> bool:
        """Is the indicator to be published?"""
        return self.cleaned_data["publish"] == "1"

    def before(self, name: str) -> str:
        """What is stored in a column, in words."""
        return self._said(name, self.get_initial_for_field(self.fields[name], name))

    def after(self, name: str) -> str:
        """What would be stored in a column, in words."""
        return self._said(
            name,
            self.cleaned_data[name],
        )

    def _said(self, name: str, value) -> str:
        field = self.fields[name]
        return words_of(field, posted_texts(field, value))

    def read_cell(self, name: str, text: str) -> str:
        """The text of a copied cell as this column's box posts it; ValidationError in words."""
        choices = getattr(self.fields[name], "choices", None)
        if choices is None:
            return text
        known = {plain(str(label)): str(value) for value, label in choices}
        said = plain_code(text) if name == "numerator_source" else text
        wanted = plain(SYNONYMS.get(plain(said), said))
        if wanted in known:
            return known[wanted]
        offered = "・".join(str(label) for _, label in choices)
        label = self.fields[name].label
        raise ValidationError(
            f"{label}「{text}」は選択肢にありません。次から選んでください：{offered}。"
        )


class TablePress(forms.Form):
    """Which button of the table was pressed, and the block that was pasted with it."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("read", "check", "save", "back")])
    block = forms.CharField(required=False, strip=False, max_length=100_000)
    start = forms.CharField(required=False, max_length=10)
    column = forms.ChoiceField(required=False, choices=[(name, name) for name in COLUMNS])
