"""How each open point is settled: the form it needs, and the door its answer goes through. The
point then keeps the answer.

A point about a field of the plan changes that field; one about the text only records what the town
found out.
"""

from datetime import date, datetime
from operator import attrgetter

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department
from foundation.japanese.calendar import fiscal_year_short, wareki_month
from foundation.japanese.fields import (
    JapaneseDateField,
    JapaneseDecimalField,
    MonthField,
    WholeNumberField,
)
from foundation.japanese.numbers import format_plain
from foundation.records.actions import moment
from foundation.records.forms import ChangesRow
from foundation.records.seen import check_seen, wait_in_line
from kpi.choices import Accumulation, Frequency
from kpi.models import Target
from kpi.models.indicator import MOST_DECIMALS
from kpi.setup.definitions import FIELDS, set_definition
from measures.actions import assign_lead, set_policy_target, settle
from measures.closings import first_open
from measures.deciding import ASKED_BY
from measures.models import BasicPolicy, OpenPoint
from roadmap.planning import set_span

UNDECIDED = ("", "（未定）")
HINT = "実績がある指標は、指標の「定義を変える」で、適用月と理由を付けて変えてください。"


class SettleForm(ChangesRow, forms.Form):
    """What was found out, in words.

    Subclasses ask for the field itself; `apply` stores it and returns it in words.
    """

    answer: forms.Field = forms.CharField(label="確認した内容", max_length=300)

    def __init__(self, point, data=None):
        self.point, self.subject = point, point.subject
        super().__init__(data, initial=self.start(), prefix=f"p{point.pk}", facts=self.standing())

    def standing(self) -> dict:
        """What the form shows of the point and of what it is about."""
        return {**self.start(), "settled_at": self.point.settled_at}

    def start(self) -> dict:
        """Initial values."""
        return {"answer": self.point.settled_value or self.point.proposal}

    def apply(self, by, on: date, at: datetime) -> str:
        """Store what was entered; the answer in words."""
        return self.cleaned_data["answer"]


class PolicyTargetForm(SettleForm):
    """対象 of a basic policy."""

    answer = forms.ChoiceField(label="対象", choices=[UNDECIDED, *BasicPolicy.TargetArea.choices])

    def start(self):
        return {"answer": self.subject.target}

    def apply(self, by, on, at):
        set_policy_target(by=by, policy=self.subject, target=self.cleaned_data["answer"], at=at)
        return BasicPolicy.TargetArea(self.cleaned_data["answer"]).label


class SettleLeadForm(SettleForm):
    """所管課 of a measure from a day on."""

    answer = forms.ModelChoiceField(Department.objects.all(), label="所管課")
    starts_on = JapaneseDateField(label="担当の開始日")

    def start(self):
        plan = self.subject.policy.plan
        return {
            "answer": self.subject.lead_department,
            "starts_on": first_open(plan.months.first),
        }

    def apply(self, by, on, at):
        assign_lead(
            by=by,
            measure=self.subject,
            department=self.cleaned_data["answer"],
            starts_on=self.cleaned_data["starts_on"],
            related=self.subject.related_departments.all(),
            at=at,
        )
        return str(self.cleaned_data["answer"])


class SpanForm(SettleForm):
    """The span of a step."""

    answer = MonthField(label="開始月")
    last_month = MonthField(label="終了月")

    def start(self):
        return {"answer": self.subject.first_month, "last_month": self.subject.last_month}

    def apply(self, by, on, at):
        first, last = self.cleaned_data["answer"], self.cleaned_data["last_month"]
        set_span(
            by=by,
            step=self.subject,
            first_month=first,
            last_month=last,
            on=on,
            reason="要確認一覧での確認",
            at=at,
        )
        return f"{wareki_month(first)}～{wareki_month(last)}"


class SettleDefinitionForm(SettleForm):
    """One field of an indicator's definition."""

    field = ""

    def start(self):
        return {"answer": getattr(self.newest, self.field)}

    @property
    def newest(self):
        """The newest version of the definition, as the page read it."""
        return max(self.subject.definitions.all(), key=attrgetter("from_month", "version"))

    def stored(self):
        """The newest version as it is stored now."""
        return self.subject.definitions.latest("from_month", "version")

    def changes(self) -> dict:
        """{field: value} to store."""
        return {self.field: self.cleaned_data["answer"]}

    def apply(self, by, on, at):
        row = self.stored()
        values = {name: getattr(row, name) for name in FIELDS} | self.changes()
        try:
            set_definition(
                by=by,
                indicator=self.subject,
                values=values,
                published=self.subject.published,
                reason="",
                at=at,
            )
        except ValidationError as error:
            raise ValidationError([*error.messages, HINT]) from None
        return self.said(self.stored())

    def said(self, row) -> str:
        """What is stored, in words."""
        value = getattr(row, self.field)
        return str(dict(row._meta.get_field(self.field).choices or ()).get(value, value))


class UnitForm(SettleDefinitionForm):
    """Unit and decimals."""

    field = "unit"
    answer = forms.CharField(label="単位", max_length=10)
    decimals = WholeNumberField(label="小数桁", min_value=0, max_value=MOST_DECIMALS)

    def start(self):
        return {"answer": self.newest.unit, "decimals": self.newest.decimals}

    def changes(self):
        return {"unit": self.cleaned_data["answer"], "decimals": self.cleaned_data["decimals"]}


class AccumulationForm(SettleDefinitionForm):
    """集計方法."""

    field = "accumulation"
    answer = forms.ChoiceField(label="集計方法", choices=Accumulation)


class FrequencyForm(SettleDefinitionForm):
    """測定頻度."""

    field = "frequency"
    answer = forms.ChoiceField(label="測定頻度", choices=Frequency)
    due_month = WholeNumberField(label="測定月（年1回のとき）", min_value=1, max_value=12)

    def start(self):
        return {"answer": self.newest.frequency, "due_month": self.newest.due_month}

    def changes(self):
        return {
            "frequency": self.cleaned_data["answer"],
            "due_month": self.cleaned_data["due_month"],
        }


class MeaningForm(SettleDefinitionForm):
    """算出方法 and 出典."""

    field = "formula_text"
    answer = forms.CharField(
        label="算出方法", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    data_source = forms.CharField(label="出典", max_length=100, required=False)

    def start(self):
        return {"answer": self.newest.formula_text, "data_source": self.newest.data_source}

    def changes(self):
        return {
            "formula_text": self.cleaned_data["answer"],
            "data_source": self.cleaned_data["data_source"],
        }


class SettleBaselineValueForm(SettleDefinitionForm):
    """基準値 and its fiscal year; blank: there is none."""

    field = "baseline_value"
    answer = JapaneseDecimalField(
        label="基準値（なければ空欄）", required=False, allow_negative=True
    )
    year = WholeNumberField(
        label="基準年度（西暦）", required=False, min_value=2000, max_value=2100
    )

    def start(self):
        return {"answer": self.newest.baseline_value, "year": self.newest.baseline_fiscal_year}

    def changes(self):
        return {
            "baseline_value": self.cleaned_data["answer"],
            "baseline_fiscal_year": self.cleaned_data["year"],
        }

    def said(self, row):
        value = row.baseline_value
        return "基準値なし" if value is None else f"{format_plain(value)}{row.unit}"


class NumeratorForm(SettleDefinitionForm):
    """分子."""

    field = "numerator_label"
    answer = forms.CharField(label="分子", max_length=50)


class DenominatorForm(SettleDefinitionForm):
    """分母."""

    field = "denominator_label"
    answer = forms.CharField(label="分母", max_length=50)


class PublishedForm(SettleForm):
    """公表の範囲."""

    answer = forms.ChoiceField(label="公表", choices=[("1", "公表する"), ("0", "公表しない")])

    def start(self):
        return {"answer": "1" if self.subject.published else "0"}

    def apply(self, by, on, at):
        row = self.subject.definitions.latest("from_month", "version")
        wanted = self.cleaned_data["answer"] == "1"
        set_definition(
            by=by,
            indicator=self.subject,
            values={name: getattr(row, name) for name in FIELDS},
            published=wanted,
            at=at,
        )
        return "公表する" if wanted else "公表しない"


class TargetsForm(SettleForm):
    """年度目標: entered on the target screens; here one says that they are settled."""

    answer = forms.CharField(label="確認した内容", max_length=300, initial="")

    def start(self):
        return {"answer": self.point.settled_value or "各年度の目標を確認"}

    def apply(self, by, on, at):
        years = self.subject.measure.policy.plan.fiscal_years
        known = set(
            Target.objects.filter(indicator=self.subject).values_list("fiscal_year", flat=True)
        )
        missing = [fiscal_year_short(year) for year in years if year not in known]
        if missing:
            raise ValidationError(
                f"{'・'.join(missing)}の目標がありません。「目標の一覧」で入力してから確認済にしてください。"
            )
        return super().apply(by, on, at)


FORMS = {
    ("policy", "target"): PolicyTargetForm,
    ("measure", "lead_department"): SettleLeadForm,
    ("step", "span"): SpanForm,
    ("indicator", "unit"): UnitForm,
    ("indicator", "accumulation"): AccumulationForm,
    ("indicator", "frequency"): FrequencyForm,
    ("indicator", "formula_text"): MeaningForm,
    ("indicator", "baseline_value"): SettleBaselineValueForm,
    ("indicator", "targets"): TargetsForm,
    ("indicator", "published"): PublishedForm,
    ("indicator", "numerator"): NumeratorForm,
    ("indicator", "denominator"): DenominatorForm,
}

BY_DECISION = {("plan", field) for field in ASKED_BY.values()}  # settled by a setting, not here


def form_of(point: OpenPoint, data=None) -> SettleForm:
    """The form that settles this point."""
    kind = {"basicpolicy": "policy"}.get(point.subject_type.model, point.subject_type.model)
    return FORMS.get((kind, point.field), SettleForm)(point, data)


@transaction.atomic
def settle_point(
    *, by, point: OpenPoint, form: SettleForm, on: date, at: datetime | None = None
) -> OpenPoint:
    """Store the answer where it belongs and mark the point.

    `form` must be valid. Raises ValidationError, Conflict when the point or what it is about does
    not stand as the form showed it.
    """
    at = moment(at)
    wait_in_line()
    if (point.subject_type.model, point.field) in BY_DECISION:
        raise ValidationError("計画のきまりで決めてください。ここでは確認済にできません。")

    fresh = form_of(OpenPoint.objects.get(pk=point.pk))
    check_seen(form.seen, fresh.point, fresh.standing(), fresh.point, fresh.subject)
    answer = form.apply(by, on, at)
    return settle(by=by, point=point, answer=answer, at=at)
