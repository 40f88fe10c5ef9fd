"""What a town still has to settle before it can run, counted from the data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from foundation.accounts.models import Department, User
from headquarters.upkeep.points import PAGES, key_of
from headquarters.upkeep.settings import address_of
from kpi.models import Indicator, KpiValue, Target
from measures.models import BasicPolicy, Measure, MeasureLead, OpenPoint, Plan
from measures.setting import PlanSetting
from measures.settings_of import SettingKind
from roadmap.models import Baseline, Milestone, Step

OF_OTHER_STEPS = (  # beside those that have a page of their own
    "plan.bands",
    "plan.deadlines",
    "indicator.formula_text",
    "indicator.numerator",
    "indicator.denominator",
)


@dataclass(frozen=True)
class SetupItem:
    """One line: how many of how many are done, where one does it, to which step it belongs."""

    label: str
    done: int
    total: int
    url: str
    step: str

    @property
    def left(self) -> int:
        """How many are left."""
        return max(
            0,
            self.total - self.done,
        )


def counted(rows) -> Coalesce:
    """How many rows, as a scalar subquery."""
    return Coalesce(
        Subquery(
            rows.order_by()
            .annotate(_one=Value(1))
            .values("_one")
            .annotate(_n=Count("pk"))
            .values("_n")
        ),
        0,
    )


def setup_numbers() -> Any:
    """The plan (or None) with the counts of everything that is set up: one query."""
    return Plan.objects.annotate(
        departments=counted(Department.objects.all()),
        people=counted(User.objects.all()),
        pillars=counted(BasicPolicy.objects.all()),
        measures=counted(Measure.objects.all()),
        leads=counted(
            Measure.objects.filter(Exists(MeasureLead.objects.filter(measure=OuterRef("pk"))))
        ),
        indicators=counted(Indicator.objects.all()),
        first_targets=counted(Target.objects.filter(version=1)),
        steps=counted(Step.objects.all()),
        spans=counted(Step.objects.filter(first_month__isnull=False)),
        with_milestone=counted(
            Step.objects.filter(Exists(Milestone.objects.filter(step=OuterRef("pk"))))
        ),
        approved=counted(Baseline.objects.standing()),
        first_months=counted(
            PlanSetting.objects.filter(
                kind=SettingKind.FIRST_MONTH,
                decided_on__isnull=False,
            )
        ),
        values=counted(KpiValue.objects.all()),
    ).first()


def setup_list(points: Iterable[OpenPoint], plan: Any = None) -> list[SetupItem]:
    """The set-up in the order in which one goes about it.

    `points`: all open points; `plan`: of `setup_numbers`, which is asked when it is missing.
    """
    plan = plan or setup_numbers()
    if plan is None:
        return []
    return [
        *_people(plan),
        *_indicators(plan, list(points)),
        *_settings(plan, list(points)),
        *_roadmap(plan, list(points)),
        _rest(list(points)),
    ]


def _settled(label: str, points: list[OpenPoint], *fields: str, url: str, step: str) -> SetupItem:
    rows = [point for point in points if point.field in fields]
    done = sum(point.settled_at is not None for point in rows)
    return SetupItem(label, done, len(rows), url, step)


def _people(plan) -> list[SetupItem]:
    listed = "accounts:departments" if plan.departments else "accounts:department_import"
    people, leads = reverse("accounts:user_import"), reverse("measures:leads")
    return [
        SetupItem(
            "課を登録する",
            min(1, plan.departments),
            1,
            reverse(listed),
            "departments",
        ),
        SetupItem(
            "利用者を登録する（事務局のほか）", min(1, max(0, plan.people - 1)), 1, people, "people"
        ),
        SetupItem("施策の所管課を決める", plan.leads, plan.measures, leads, "leads"),
    ]


def _indicators(plan, points: list[OpenPoint]) -> list[SetupItem]:
    table, targets = reverse("kpi:definition_table"), reverse("kpi:target_table")
    there = {"url": table, "step": "definitions"}
    parts = f"{reverse('upkeep:checks')}?kind=indicator.denominator"
    formulas = f"{reverse('upkeep:checks')}?kind=indicator.formula_text"
    wanted = plan.indicators * len(plan.fiscal_years)
    own = [point for point in points if point.subject_type.model == "indicator"]
    return [
        _settled("指標の単位と数え方を確かめる", own, "unit", "accumulation", **there),
        _settled(
            "測定頻度を決める",
            own,
            "frequency",
            **there,
        ),
        _settled("基準値を確かめる", own, "baseline_value", **there),
        _settled("公表の範囲を決める", own, "published", **there),
        _settled(
            "分子と分母を確かめる", own, "numerator", "denominator", url=parts, step="formulas"
        ),
        _settled("算出方法と出典を決める", own, "formula_text", url=formulas, step="formulas"),
        SetupItem("年度目標を決める", plan.first_targets, wanted, targets, "targets"),
    ]


def _settings(plan, points: list[OpenPoint]) -> list[SetupItem]:
    begin, own = (
        address_of(SettingKind.FIRST_MONTH),
        [point for point in points if point.subject_type.model == "plan"],
    )
    grades, deadline = address_of(SettingKind.GRADES), address_of(SettingKind.DEADLINE)
    return [
        SetupItem(
            "利用開始月を決める",
            min(1, plan.first_months),
            1,
            begin,
            "settings",
        ),
        _settled("評価区分を決める", own, "bands", url=grades, step="settings"),
        _settled("提出期限を決める", own, "deadlines", url=deadline, step="settings"),
    ]


def _roadmap(plan, points: list[OpenPoint]) -> list[SetupItem]:
    page, baselines = reverse("roadmap:setup"), reverse("roadmap:baselines")
    first = "最初の基準版「計画策定時」を承認する"
    marked = "工程にマイルストーンを設定する"
    return [
        SetupItem(
            "工程の期間を決める",
            plan.spans,
            plan.steps,
            page,
            "roadmap",
        ),
        _settled("読み取れなかった工程表を入力する", points, "roadmap", url=page, step="roadmap"),
        SetupItem(marked, plan.with_milestone, plan.steps, page, "roadmap"),
        SetupItem(first, min(1, plan.approved), 1, baselines, "roadmap"),
    ]


def _rest(points: list[OpenPoint]) -> SetupItem:
    """The points that no other step settles."""
    rest = [
        point
        for point in points
        if key_of(point) not in PAGES and key_of(point) not in OF_OTHER_STEPS
    ]

    done = sum(point.settled_at is not None for point in rest)
    url = reverse("upkeep:checks")
    return SetupItem(
        "残りの要確認を確かめる",
        done,
        len(rest),
        url,
        "rest",
    )
