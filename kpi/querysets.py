"""Which indicators, definitions, values and submissions.

Each question is one query, whatever the data.
"""

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Coalesce, JSONObject

from foundation.accounts.former_names import name_on
from foundation.accounts.models import in_force
from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_start,
    last_of_month,
)
from foundation.records.people import who
from foundation.records.within import row_within, rows_within
from kpi.rules.codes import plain_code
from measures.labels import label_on
from measures.querysets import lead_on
from measures.setting import stored_versions

COUNTING_POINTS = (  # fields of the open points that ask what is counted, and how
    "unit",
    "accumulation",
    "frequency",
    "formula_text",
    "numerator",
    "denominator",
)


AIMED_AT = ("value", "lower", "upper", "midyear_value")  # the numbers of a target
AIMED_SINCE = (  # what else a report says of it
    "id",
    "indicator_id",
    "fiscal_year",
    "version",
    "from_month",
    "none",
    "withdraws",
    "reason",
    "decided_on",
    "decided_where",
)
SETTLED = {  # what is told of a month, for `kpi.models.settled`
    "id": "id",
    "due_on": "due_on",
    "locked_at": "locked_at",
    "locked_revision": "locked_revision",
    "reason": "reason",
    **who("locked_by"),
}


def label_in(month, indicator: str = "pk") -> dict:
    """Annotations with the former number and name of an indicator in a month (None where the
    newest ones hold): `code_then`, `name_then`.
    """
    rows = apps.get_model("kpi", "FormerLabel").objects
    former = rows.filter(indicator=OuterRef(indicator), until_month__gte=month)
    first = former.order_by("until_month")
    return {
        "code_then": Subquery(first.values("code")[:1]),
        "name_then": Subquery(first.values("name")[:1]),
    }


def forecast_in(month) -> Subquery:
    """Annotation of definitions: the 年度末見込 that stands in `month`, as JSON; None without.

    So whoever reads definitions anyway needs no query more (`kpi.models.readings.forecast_of`).
    """
    rows = apps.get_model("kpi", "YearEndForecast").objects
    numbers = {
        name: Cast(name, models.TextField()) for name in ("value", "numerator", "denominator")
    }
    whole = JSONObject(
        month="month",
        reason="reason",
        at="recorded_at",
        **numbers,
    )
    newest = rows.in_force(month, OuterRef("indicator")).annotate(whole=whole)
    return Subquery(newest.values("whole")[:1], output_field=models.JSONField())


def targets_known_by(month) -> Subquery:
    """Annotation of definitions: the versions of targets that are in force by `month`, and those of
    later fiscal years (shown, not used), as JSON for `kpi.models.aimed`; None where there are none.
    """
    known = Q(from_month__lte=month) | Q(fiscal_year__gt=fiscal_year(month))
    rows = apps.get_model("kpi", "Target").objects.filter(known, indicator=OuterRef("indicator"))
    numbers = {name: Cast(name, models.TextField()) for name in AIMED_AT}
    plain = {name: name for name in AIMED_SINCE}
    return rows_within(rows, by="indicator", **numbers, **plain)


def settled_in(month) -> Subquery:
    """Annotation of any row: what is settled about a month, for `kpi.models.settled`; None while
    nothing is.
    """
    months = apps.get_model("kpi", "ReportingMonth").objects
    return row_within(months.filter(month=month), **SETTLED)


def closed_in(month) -> Exists:
    """Annotation of any row: is a month closed?"""
    months = apps.get_model("kpi", "ReportingMonth").objects
    return Exists(
        months.filter(
            month=month,
            locked_at__isnull=False,
        )
    )


def call_then(indicator, annotated):
    """Give an indicator (of this page, never saved) the label with which a row was annotated."""
    if annotated.code_then is not None:
        indicator.code, indicator.name = annotated.code_then, annotated.name_then
    return indicator


class IndicatorQuerySet(models.QuerySet):
    """Questions asked of indicators."""

    def ids_by_code(self) -> dict:
        """{code: id} of all indicators, ended ones too, by what they are and were called."""
        former = self.exclude(former_labels=None).values_list("former_labels__code", "pk")
        return dict(former) | dict(self.values_list("code", "pk"))

    def codes_by_id(self) -> dict:
        """{id: code of today} of all indicators, ended ones too."""
        return dict(self.values_list("pk", "code"))

    def in_month(self, month):
        """Indicators that stand in the plan in that month, with measure and policy, and the label
        of that month (`call_then`).
        """
        standing = self.filter(in_force(month)).annotate(**label_in(month))
        return standing.select_related("measure__policy").order_by("order")

    def without_target(self, year):
        """Those for which no target of that fiscal year was ever set."""
        targets = apps.get_model("kpi", "Target").objects.filter(fiscal_year=year)
        return self.filter(~Exists(targets.filter(indicator=OuterRef("pk"))))

    def uncertain(self):
        """Those without a value of which 要確認 still asks for unit or counting: with the first
        value every change of these becomes a version.
        """
        points = apps.get_model("measures", "OpenPoint").objects.unsettled().of_kind(self.model)
        asked = points.filter(field__in=COUNTING_POINTS)
        values = apps.get_model("kpi", "KpiValue").objects.filter(indicator=OuterRef("pk"))
        return self.filter(~Exists(values), pk__in=asked.values("subject_id"))

    def standing(self):
        """Those that have no end yet; what reads another's value before that other one."""
        definitions = apps.get_model("kpi", "Definition").objects
        reading = definitions.filter(indicator=OuterRef("pk"), numerator_source__isnull=False)
        rows = self.filter(valid_until=None).annotate(reads=Exists(reading))
        return rows.order_by("-reads", "order")

    def published(self):
        """Those without an end that are marked 公表."""
        return self.filter(valid_until=None, published=True)

    def called(self, code, month):
        """The indicator that has this number in a month, as a queryset of 0 or 1."""
        rows, said = self.annotate(**label_in(month)), plain_code(code)
        return rows.filter(Q(code_then=said) | Q(code_then__isnull=True, code=said))

    def ever_called(self, code):
        """Indicators that have or had this number."""
        said = plain_code(code)
        return self.filter(Q(code=said) | Q(former_labels__code=said)).distinct()


class DefinitionQuerySet(models.QuerySet):
    """Definitions carry the indicator, its measure and policy.

    One query serves a whole list page.
    """

    def in_force(self, month):
        """The definition of each indicator that holds in `month` (first of month), with indicator,
        measure, policy, own department and the measure's lead at the month's end (`lead_id`), in
        the plan's order.
        """
        newer = self.model.objects.filter(indicator=OuterRef("indicator"), from_month__lte=month)
        return self.known_by(month).filter(
            pk=Subquery(newer.order_by("-from_month", "-version").values("pk")[:1])
        )

    def known_by(self, month):
        """All versions that have begun by `month` and were not replaced by one of their month, with
        the same company, each indicator's oldest first. `is_followed`: its value is the numerator
        of another, in some version.
        """
        newer = self.model.objects.filter(
            indicator=OuterRef("indicator"),
            from_month=OuterRef("from_month"),
            version__gt=OuterRef("version"),
        )
        standing = in_force(month, "indicator__valid_from", "indicator__valid_until")
        known = self.filter(standing, ~Exists(newer), from_month__lte=month)
        following = self.model.objects.filter(numerator_source=OuterRef("indicator"))
        return known.in_company(month).annotate(
            is_followed=Exists(following),
            expected=forecast_in(month),
            settled=settled_in(month),
            closed_before=closed_in(add_months(month, -1)),
        )

    def to_aim_at(self, month):
        """The definition of each indicator that stands in `month` or is to begin later, with the
        same company, in the plan's order: whose targets can be set.
        """
        rows = self.model.objects.filter(indicator=OuterRef("indicator"))
        first = Q(from_month=OuterRef("indicator__valid_from"))
        begun = rows.filter(Q(from_month__lte=month) | first).order_by("-from_month", "-version")
        ended = Q(indicator__valid_until__lt=month)
        return self.filter(~ended, pk=Subquery(begun.values("pk")[:1])).in_company(month)

    def in_company(self, month):
        """With indicator, measure, policy, plan and department, called as in `month`, by order."""
        return (
            self.annotate(
                **lead_on(last_of_month(month), "indicator__measure"),
                **label_in(month, "indicator"),
                **label_on(last_of_month(month), "indicator__measure"),
                department_name_then=name_on(last_of_month(month), "department"),
                source_code_then=label_in(month, "numerator_source")["code_then"],
                decided=stored_versions("indicator__measure__policy__plan"),
            )
            .select_related("indicator__measure__policy__plan", "department", "numerator_source")
            .order_by("indicator__order", "from_month")
        )

    def called(self, code):
        """Of indicators that have this number in the month they were asked for (`in_company`)."""
        said = plain_code(code)
        return self.filter(Q(code_then=said) | Q(code_then__isnull=True, indicator__code=said))

    def newest_of(self, indicator):
        """The version of an indicator that holds last."""
        return self.filter(indicator=indicator).latest("from_month", "version")

    def of_month(self, indicator, month):
        """The version of an indicator that holds in a month (of one before it began, its first)."""
        rows = self.filter(indicator=indicator).order_by("from_month", "version")
        return rows.filter(from_month__lte=month).last() or rows.first()

    def with_submissions(self, month, submissions):
        """With `submission_state` in `month` out of the queryset given: that of the responsible
        department (None: 未提出). No query more. After `known_by(month)`.
        """
        department = Coalesce(OuterRef("department"), OuterRef("lead_id"))
        named = (
            submissions.filter(month=month, department=department).order_by().values("state")[:1]
        )
        unnamed = (
            submissions.filter(month=month, department__isnull=True).order_by().values("state")[:1]
        )
        nobody = Q(department__isnull=True, lead_id__isnull=True)
        return self.annotate(
            submission_state=Case(When(nobody, then=Subquery(unnamed)), default=Subquery(named)),
        )


class KpiValueQuerySet(models.QuerySet):
    """Questions asked of values."""

    def between(self, first, last):
        """Values of the months from `first` to `last`, both inclusive."""
        return self.filter(month__gte=first, month__lte=last).order_by(
            "indicator",
            "month",
        )

    def of_indicator(self, indicator):
        """All values of one indicator."""
        return self.filter(indicator=indicator)

    def provisional_before(self, month):
        """Values of months before `month` that are still 暫定.

        What the 出納整理期間 has to settle.
        """
        return (
            self.filter(maturity="provisional", month__lt=month, missing_reason="")
            .select_related("indicator")
            .order_by("month", "indicator__order")
        )


class YearEndForecastQuerySet(models.QuerySet):
    """Questions asked of what is expected at the year's end."""

    def in_force(self, month, indicator):
        """What was said last in the fiscal year of `month`, up to it; `indicator`: id or OuterRef.

        The newest first.
        """
        first = fiscal_year_start(fiscal_year(month))
        rows = self.filter(indicator=indicator, month__gte=first, month__lte=month)
        return rows.order_by("-month")

    def of_month(self, month):
        """{indicator id: what was said in this very month}."""
        rows = self.filter(month=month).select_related("recorded_by")
        return {row.indicator_id: row for row in rows}
