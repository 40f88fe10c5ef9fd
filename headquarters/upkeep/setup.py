"""初期設定チェックリスト: what a town still has to settle before it can run, counted from the
data.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from foundation.accounts.models import Department, User
from headquarters.upkeep.settings import address_of
from kpi.models import Indicator, Target
from measures.models import Measure, MeasureLead, Plan
from measures.setting import PlanSetting
from measures.settings_of import SettingKind
from roadmap.models import Baseline, Milestone, Step


@dataclass(frozen=True)
class SetupItem:
    """One line: how many of how many are done, and where one does it."""

    label: str
    done: int
    total: int
    url: str

    @property
    def left(self) -> int:
        """How many are left."""
        return max(0, self.total - self.done)


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


def _numbers() -> Any:
    """The plan (or None) with the counts of everything that is set up: one query."""
    return Plan.objects.annotate(
        departments=counted(Department.objects.all()),
        people=counted(User.objects.all()),
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
            PlanSetting.objects.filter(kind=SettingKind.FIRST_MONTH, decided_on__isnull=False)
        ),
    ).first()


def setup_list(points) -> list[SetupItem]:
    """The set-up in the order in which one goes about it. `points`: all open points. One query."""
    plan = _numbers()
    if plan is None:
        return []

    def settled(label, *fields, url=""):
        rows = [point for point in points if point.field in fields]
        return SetupItem(
            label,
            sum(point.settled_at is not None for point in rows),
            len(rows),
            url or reverse("upkeep:checks"),
        )

    roadmap, table = reverse("roadmap:setup"), reverse("kpi:definition_table")
    return [
        SetupItem("課を登録する", min(1, plan.departments), 1, reverse("accounts:departments")),
        SetupItem(
            "利用者を登録する（事務局のほか）",
            min(1, plan.people - 1),
            1,
            reverse("accounts:users"),
        ),
        SetupItem("施策の所管課を決める", plan.leads, plan.measures, reverse("measures:leads")),
        settled(
            "指標の単位と数え方を確かめる",
            "unit",
            "accumulation",
            "numerator",
            "denominator",
            url=table,
        ),
        settled("測定頻度を決める", "frequency", url=table),
        settled("算出方法と出典を決める", "formula_text"),
        settled("基準値を確かめる", "baseline_value", url=table),
        SetupItem(
            "年度目標を決める",
            plan.first_targets,
            plan.indicators * len(plan.fiscal_years),
            reverse("kpi:target_table"),
        ),
        settled("公表の範囲を決める", "published", url=table),
        settled("評価区分を決める", "bands", url=address_of(SettingKind.GRADES)),
        settled("提出期限を決める", "deadlines", url=address_of(SettingKind.DEADLINE)),
        SetupItem(
            "利用開始月を決める", min(1, plan.first_months), 1, address_of(SettingKind.FIRST_MONTH)
        ),
        SetupItem("工程の期間を決める", plan.spans, plan.steps, roadmap),
        settled("失われた工程表を入力する", "roadmap", url=roadmap),
        SetupItem("工程にマイルストーンを設定する", plan.with_milestone, plan.steps, roadmap),
        SetupItem(
            "最初の基準版「計画策定時」を承認する",
            min(1, plan.approved),
            1,
            reverse("roadmap:baselines"),
        ),
    ]
