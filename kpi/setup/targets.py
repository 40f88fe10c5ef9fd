"""The door through which targets are set: versions, never overwritten (docs/rules.md §3)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import (
    add_months,
    fiscal_year_end,
    fiscal_year_name,
    fiscal_year_start,
    wareki_month,
)
from foundation.japanese.numbers import format_plain
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.once import refuse_twin
from kpi import words
from kpi.actions import definition_for
from kpi.choices import Direction, Method
from kpi.models import KpiValue, ReportingMonth, Target
from kpi.months import closed_sentence


@dataclass(frozen=True)
class NewTarget:
    """A target as somebody enters it; a range (lower, upper) only where the direction is 維持."""

    fiscal_year: int
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    midyear_value: Decimal | None = None
    from_month: date | None = None
    rationale: str = ""
    reason: str = ""
    decided_on: date | None = None
    decided_where: str = ""


def _errors(new: NewTarget, definition, first_version: bool, has_values: bool) -> dict:
    """{field: sentence} for everything that stands against the target."""
    errors = {}
    ranged = definition.direction == Direction.MAINTAIN
    if ranged and new.lower is None and new.upper is None:
        errors["lower"] = "「維持」の指標です。下限か上限を入力してください。"
    elif not ranged and new.value is None:
        errors["value"] = "目標値を入力してください（ゼロを目指す指標は 0）。"
    if definition.direction == Direction.ZERO and new.value:
        errors["value"] = "「ゼロ」を目指す指標の目標は 0 です。"
    if new.value is not None and new.value < 0 and definition.method != Method.BASELINE_RATIO:
        errors["value"] = "負の目標は、達成率の求め方が「基準値比」の指標でだけ使えます。"
    base = definition.baseline_value
    if new.value is not None and base is not None and not errors:
        if definition.direction == Direction.INCREASE and new.value < base:
            errors["value"] = (
                f"「増加」を目指す指標です。基準値（{format_plain(base)}）以上の目標にしてください。"
            )
        elif definition.direction == Direction.DECREASE and new.value > base:
            errors["value"] = (
                f"「減少」を目指す指標です。基準値（{format_plain(base)}）以下の目標にしてください。"
            )
    if not first_version and not new.reason:
        errors["reason"] = "この年度の目標はすでにあります。見直しの理由を入力してください。"
    elif has_values and not new.reason:
        errors["reason"] = (
            "この年度の実績がすでに入力されています。後から目標を定める理由を入力してください。"
        )
    return errors


def _facts(row: Target) -> dict:
    facts = {"目標": words.target(row), "適用月": wareki_month(row.from_month), "版": row.version}
    if row.midyear_value is not None:
        facts["中間目標"] = format_plain(row.midyear_value)
    return facts


def _from_month(new: NewTarget, start: date, later: bool) -> tuple[date | None, dict]:
    """(month from which it holds, errors).

    As given, else April, or the first open month when months are closed.
    """
    closed = ReportingMonth.objects.last_closed()
    if later and new.from_month is None:
        return None, {"from_month": "見直した目標を使い始める月を入力してください。"}
    month = new.from_month or (max(start, add_months(closed, 1)) if closed else start)
    if closed and month <= closed:
        return None, {"from_month": closed_sentence(closed)}
    if month > fiscal_year_end(new.fiscal_year):
        return None, {
            "from_month": f"{fiscal_year_name(new.fiscal_year)}の終わりまでの月にしてください。"
        }

    return month, {}


def _first_month(indicator, year: int) -> date:
    """The first month of a fiscal year in which the indicator stands in the plan."""
    first = fiscal_year_start(year)
    if indicator.valid_until and indicator.valid_until < first:
        ended = wareki_month(indicator.valid_until)
        raise ValidationError({"fiscal_year": f"この指標は{ended}で終わっています。"})
    if indicator.valid_from and indicator.valid_from > fiscal_year_end(year):
        begins = wareki_month(indicator.valid_from)
        raise ValidationError({"fiscal_year": f"この指標は{begins}から始まります。"})
    return max(first, indicator.valid_from or first)


def _content(new: NewTarget) -> dict:
    """What makes two versions the same: the numbers, not who decided them where."""
    names = ("value", "lower", "upper", "midyear_value")
    return {name: getattr(new, name) for name in names}


def newest_versions(indicator) -> dict[int, int]:
    """{fiscal year: newest version of its target (0: none)} over the plan's years."""
    rows = indicator.targets.order_by("version").values_list("fiscal_year", "version")
    return dict.fromkeys(indicator.measure.policy.plan.fiscal_years, 0) | dict(rows)


def _check_seen(newest: Target | None, seen_version: int | None) -> None:
    if newest is None or seen_version in (None, newest.version):
        return
    who = newest.created_by.display_name if newest.created_by else "システム"
    raise ValidationError(
        {
            "value": f"画面を開いた後に、{who}さんが第{newest.version}版"
            f"（{words.target(newest)}）を登録しました。あなたの入力は残っています。"
            "保存すると、その次の版になります。"
        }
    )


@transaction.atomic
def set_target(
    *, by, indicator, new: NewTarget, seen_version: int | None = None, at: datetime | None = None
) -> Target:
    """Add a version of one fiscal year's target. The first holds from April (when months are
    closed already: from the first open one), a later one from its month. `seen_version`: the
    newest version the person saw (0: none; None: any).

    Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    plan = indicator.measure.policy.plan
    if new.fiscal_year not in plan.fiscal_years:
        raise ValidationError({"fiscal_year": "計画期間の年度を選んでください。"})
    decision_days(local_day(at)).check(new.decided_on, "decided_on")
    start = _first_month(indicator, new.fiscal_year)
    older = (
        Target.objects.filter(indicator=indicator, fiscal_year=new.fiscal_year)
        .order_by("-version")
        .first()
    )
    has_values = (
        KpiValue.objects.between(start, fiscal_year_end(new.fiscal_year).replace(day=1))
        .filter(indicator=indicator)
        .exists()
    )
    errors = _errors(new, definition_for(indicator, start), older is None, has_values)
    _check_seen(older, seen_version)
    from_month, wrong = _from_month(new, start, older is not None)
    if errors or wrong or from_month is None:
        raise ValidationError({**errors, **wrong})
    if older is not None and from_month is not None:
        same = Target.objects.filter(pk=older.pk, **_content(new), from_month=from_month)
        refuse_twin(same, f"目標（第{older.version}版）", "value")
    row = Target(
        indicator=indicator,
        version=older.version + 1 if older else 1,
        created_by=by,
        created_at=at,
        **{**new.__dict__, "from_month": from_month},
    )
    row.full_clean(exclude=["indicator", "created_by"])
    row.save()
    record_change(
        by=by,
        action="kpi.target",
        subject=indicator,
        label=f"{indicator} {fiscal_year_name(new.fiscal_year)}の目標",
        before=_facts(older) if older else {},
        after=_facts(row),
        reason=new.reason,
        revision=revision,
        at=at,
    )
    return row
