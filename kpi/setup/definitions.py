"""The door through which it is settled how an indicator is counted: versions by month
(docs/rules.md §2).

Until values exist the definition is simply edited. Afterwards a change is a new version from a
month on, with a reason; only what was left blank may still be filled in. A version never begins in
a closed month, and the version of a closed month stays as it is, whether values exist or not.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import fiscal_year, fiscal_year_start, wareki_month
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.facts import fields_in_words
from foundation.records.seen import Seen, check_seen, save_only
from kpi.actions import definition_for
from kpi.choices import Kind
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth
from kpi.months import closed_sentence

FIELDS = (
    "unit",
    "decimals",
    "kind",
    "numerator_label",
    "numerator_unit",
    "denominator_label",
    "denominator_unit",
    "direction",
    "accumulation",
    "frequency",
    "due_month",
    "measured_from",
    "measured_until",
    "method",
    "may_be_negative",
    "may_exceed_100",
    "is_survey",
    "formula_text",
    "data_source",
    "baseline_value",
    "baseline_fiscal_year",
    "department",
)
WORDS = ("formula_text", "data_source")  # do not change any figure


def shown_of(row: Definition) -> dict:
    """{field: value} that the form of a definition shows of its newest version."""
    return {name: getattr(row, name) for name in FIELDS} | {"published": row.indicator.published}


def changed_fields(older: Definition, values: dict) -> list[str]:
    """Names of the fields in which `values` differs from a version."""
    return [name for name in FIELDS if getattr(older, name) != values[name]]


def _only_fills(older, values, changed) -> bool:
    """Nothing that was said is said differently: words may be mended, blanks filled."""
    return all(name in WORDS or getattr(older, name) in (None, "") for name in changed)


def _check(older, values, changed, from_month, reason):
    """What stands against a change now that values exist."""
    errors, later = (
        {},
        KpiValue.objects.of_indicator(older.indicator).filter(month__gte=from_month).exists(),
    )
    counted = {"kind", "unit", "accumulation"} & set(changed)
    if not reason:
        errors["reason"] = "実績がすでに入力されています。定義を変える理由を入力してください。"
    if "kind" in changed and later:
        errors["kind"] = (
            f"{wareki_month(from_month)}以降の値がすでにあります。種類は、値のない月から変えてください。"
        )
    if from_month < older.from_month:
        errors["from_month"] = (
            f"いまの定義の適用月（{wareki_month(older.from_month)}）より後の月にしてください。"
        )
    elif from_month == older.from_month and later:
        errors["from_month"] = (
            "この定義による値がすでにあります。新しい定義を適用する月（例：2026-10）を入力してください。"
        )
    elif counted and from_month != fiscal_year_start(fiscal_year(from_month)):
        errors["from_month"] = (
            "単位・種類・集計方法は、年度の合計が混ざらないよう、4月からの適用にしてください。"
        )
    if errors:
        raise ValidationError(errors)


def _check_change(older, values, changed, start, reason, exists) -> None:
    """What stands against a change: a closed month, a department that is gone, values."""
    closed = ReportingMonth.objects.last_closed()
    if changed and closed is not None and start <= closed:
        raise ValidationError({"from_month": closed_sentence(closed)})
    if "department" in changed and values["department"] is not None:
        values["department"].check_exists(start, "department")
    if exists and changed and not _only_fills(older, values, changed):
        _check(older, values, changed, start, reason)


@transaction.atomic
def set_definition(
    *,
    by,
    indicator,
    values: dict,
    from_month: date | None = None,
    published: bool,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Definition:
    """Store how `indicator` is counted from `from_month` on (None: from the version in force on).

    `values`: {field: value} for every name in `FIELDS`. Raises PermissionDenied, ValidationError
    ({field: sentence}), Conflict when the newest version does not stand as `seen`.
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    indicator = Indicator.objects.select_related("measure__policy__plan").get(pk=indicator.pk)
    older = indicator.definitions.order_by("-from_month").first()
    check_seen(seen, older, shown_of(older), indicator)
    start, changed = from_month or older.from_month, changed_fields(older, values)
    if not changed and published == indicator.published:
        transaction.set_rollback(True)
        return older
    before = {**fields_in_words(older, FIELDS), "公表する": indicator.published}
    exists = KpiValue.objects.of_indicator(indicator).exists()
    closed = ReportingMonth.objects.last_closed()
    _check_change(older, values, changed, start, reason, exists)
    kept = exists or (closed is not None and older.from_month <= closed)
    row = (
        Definition(indicator=indicator, from_month=start)
        if kept and start != older.from_month
        else older
    )
    if changed:
        _store(row, values, reason)
    if indicator.published != published:
        indicator.published = published
        indicator.save(update_fields=["published"])
    after = {**fields_in_words(row, FIELDS), "公表する": published}
    differ = [name for name in after if before[name] != after[name]]
    record_change(
        by=by,
        action="kpi.definition",
        subject=indicator,
        label=f"{indicator}の定義（{wareki_month(row.from_month)}から）",
        before={name: before[name] for name in differ},
        after={name: after[name] for name in differ},
        reason=reason,
        revision=revision,
        department=definition_for(indicator, row.from_month).responsible_name,
        at=at,
    )
    return row


def _store(row, values, reason):
    for name in FIELDS:
        setattr(row, name, values[name])
    if row.kind == Kind.NUMBER:
        row.numerator_label = row.numerator_unit = row.denominator_label = row.denominator_unit = ""
    row.reason = reason
    row.full_clean(exclude=["indicator", "department"])
    save_only(row, *FIELDS, "reason")
