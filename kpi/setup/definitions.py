"""The door through which it is settled how an indicator is counted: versions by month
(docs/rules.md §2).

Until values exist the definition is simply edited. Afterwards a change is a new version from a
month on, with a reason, and says whether the figures go on (言い換え) or begin anew (数え方の変更);
only what was left blank may still be filled in. A version never begins in
a closed month, and the version of a closed month stays as it is, whether values exist or not.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import (
    first_of_month,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_start,
    wareki_month,
)
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.facts import fields_in_words
from foundation.records.seen import Seen, check_seen, save_only
from kpi.actions import definition_for
from kpi.choices import SUMS, Accumulation, DefinitionChange, Direction, Kind, Method
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth
from kpi.models.indicator import BASELINE_RATIO_ONLY
from kpi.months import closed_sentence
from kpi.rules.counting import scale_of
from kpi.setup import linking
from kpi.setup.targets import NewTarget, set_target

FIELDS = (
    "unit",
    "decimals",
    "kind",
    "numerator_label",
    "numerator_unit",
    "numerator_source",
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
    "baseline_span",
    "department",
)
COUNTED = ("kind", "unit", "accumulation", "numerator_label", "denominator_label")
WORDS = ("formula_text", "data_source")  # do not change any figure
KIND = "変更の種類"  # so the history calls it


@dataclass(frozen=True)
class Limits:
    """The range within which an indicator is to be maintained."""

    lower: Decimal | None = None
    upper: Decimal | None = None


def shown_of(row: Definition) -> dict:
    """{field: value} that the form of a definition shows of its newest version."""
    return {name: getattr(row, name) for name in FIELDS} | {"published": row.indicator.published}


def changed_fields(older: Definition, values: dict) -> list[str]:
    """Names of the fields in which `values` differs from a version."""
    return [name for name in FIELDS if getattr(older, name) != values[name]]


def _only_fills(older, values, changed) -> bool:
    """Nothing that was said is said differently: words may be mended, blanks filled."""
    if linking.LINK in changed:
        return False
    return all(name in WORDS or getattr(older, name) in (None, "") for name in changed)


def _what_it_does(older, values, changed, change: str) -> dict:
    """What stands against saying so of a change that touches figures."""
    if not {*COUNTED} & set(changed):
        return {}
    if change not in DefinitionChange:
        return {"change": "「言い換え」か「数え方の変更」かを選んでください。"}
    other_figures = (
        "kind" in changed
        or scale_of(older.unit) != scale_of(values["unit"])
        or ("accumulation" in changed and not {older.accumulation, values["accumulation"]} <= SUMS)
    )
    if change == DefinitionChange.REWORDING and other_figures:
        return {"change": "この変更では数字の意味が変わります。「数え方の変更」を選んでください。"}
    return {}


def _check(older, values, changed, from_month, reason, change):
    """What stands against a change now that values exist."""
    values_since = KpiValue.objects.of_indicator(older.indicator).filter(month__gte=from_month)
    later = values_since.exists()
    errors = _what_it_does(older, values, changed, change)
    if not reason:
        errors["reason"] = "実績がすでに入力されています。定義を変える理由を入力してください。"
    if "kind" in changed and later:
        errors["kind"] = (
            f"{wareki_month(from_month)}以降の値がすでにあります。種類は、値のない月から変えてください。"
        )
    if from_month < older.from_month:
        errors["from_month"] = (
            f"この定義の適用月（{wareki_month(older.from_month)}）より後の月にしてください。"
        )
    elif from_month == older.from_month and later:
        errors["from_month"] = (
            "この定義による値がすでにあります。新しい定義を適用する月（例：2026-10）を入力してください。"
        )
    if errors:
        raise ValidationError(errors)


def _check_sense(values, changed) -> None:
    """What does not go together, asked where it is changed (old rows stay)."""
    errors = {}
    goes_with_levels = values["kind"] == Kind.RATIO or values["accumulation"] == Accumulation.LATEST
    if {"direction", "accumulation", "kind"} & set(changed):
        if values["direction"] == Direction.MAINTAIN and not goes_with_levels:
            errors["direction"] = "「維持」は、集計方法が「最新値」か、種類が割合の指標で選べます。"
        if values["direction"] == Direction.ZERO and values["accumulation"] not in SUMS:
            errors["direction"] = "「ゼロ」は、月ごとの値を合計する指標で選べます。"
    from_baseline = values["method"] == Method.BASELINE_RATIO
    of_levels = values["accumulation"] == Accumulation.LATEST
    if {"method", "accumulation"} & set(changed) and from_baseline and not of_levels:
        errors["method"] = BASELINE_RATIO_ONLY
    first, last = values["measured_from"], values["measured_until"]
    if first and last and first > last:
        errors["measured_until"] = "測定終了月は、測定開始月以後の月にしてください。"
    if errors:
        raise ValidationError(errors)


def _check_change(older, values, changed, start, reason, change, exists, beside) -> None:
    """What stands against a change: a closed month, a department that is gone, values."""
    closed = ReportingMonth.objects.last_closed()
    if changed and closed is not None and start <= closed:
        raise ValidationError({"from_month": closed_sentence(closed)})
    if "department" in changed and values["department"] is not None:
        values["department"].check_exists(start, "department")
    _check_sense(values, changed)
    linking.check_source(older.indicator, values, start, beside)
    linking.check_readers(older.indicator, values, changed, start, beside)
    linking.check_values_since(older.indicator, changed, start)
    if (
        exists
        and changed
        and (
            change == DefinitionChange.BREAK
            or not _only_fills(
                older,
                values,
                changed,
            )
        )
    ):
        _check(older, values, changed, start, reason, change)


def _row_for(older, start, exists, values, changed) -> Definition:
    """The row that takes the change: the version itself while nothing rests on it, else a new one.

    Until values exist, and where only words are mended, the version is edited. A version that was
    to hold later is replaced by a newer one of its month. What holds in a closed month stays as it
    is, whether values exist or not.
    """
    indicator, closed = older.indicator, ReportingMonth.objects.last_closed()
    kept = exists or (closed is not None and older.from_month <= closed)
    if not kept or (start == older.from_month and _only_fills(older, values, changed)):
        return older
    same_month = indicator.definitions.filter(from_month=start).order_by("version").last()
    version = same_month.version + 1 if same_month else 1
    return Definition(
        indicator=indicator,
        from_month=start,
        version=version,
    )


@transaction.atomic
def set_definition(
    *,
    by,
    indicator,
    values: dict,
    from_month: date | None = None,
    published: bool,
    reason: str = "",
    change: str = "",
    limits: Limits | None = None,
    version: int | None = None,
    seen: Seen | None = None,
    beside: linking.Beside | None = None,
    at: datetime | None = None,
) -> Definition:
    """Store how `indicator` is counted from `from_month` on (None: from the base's month on).

    `values`: {field: value} for every name in `FIELDS`. `change`: whether the figures go on or
    begin anew (`DefinitionChange`). `limits`: the range of an indicator that is to be maintained.
    `version`: id of the one that is changed (None: the newest that a page has shown, else the one
    that holds in `from_month`). `beside`: what is saved of other indicators in the same press.
    Raises PermissionDenied, ValidationError ({field: sentence}), Conflict when the newest version
    does not stand as `seen`.
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    indicator = Indicator.objects.select_related("measure__policy__plan").get(pk=indicator.pk)
    older = _base_of(indicator, None if seen else from_month, version)
    check_seen(seen, older, shown_of(older), indicator)
    if values["kind"] == Kind.NUMBER:
        values = values | {linking.LINK: None}
    start, changed = from_month or older.from_month, changed_fields(older, values)
    if not changed and published == indicator.published:
        transaction.set_rollback(True)
        return older
    before = {**fields_in_words(older, FIELDS), "公表する": indicator.published}
    exists = KpiValue.objects.of_indicator(indicator).exists()
    _check_change(older, values, changed, start, reason, change, exists, beside or {})
    row = _row_for(older, start, exists, values, changed)
    if changed:
        _store(row, values, reason, change if row.pk is None else row.change)
        _set_limits(by, row, changed, limits, reason, at)
    if indicator.published != published:
        indicator.published = published
        indicator.save(update_fields=["published"])
    after = {**fields_in_words(row, FIELDS), "公表する": published}
    if row.pk != older.pk:
        before, after = before | {KIND: ""}, after | {KIND: row.get_change_display()}
    _write_down(row, before, after, by=by, reason=reason, revision=revision, at=at)
    for ratio, unit in linking.follow_unit(row) if "unit" in changed else ():
        told, now = {"分子の単位": unit}, {"分子の単位": ratio.numerator_unit}
        _write_down(ratio, told, now, by=by, reason=f"分子の{indicator.code}と同じ単位", at=at)
    return row


def _write_down(row: Definition, before: dict, after: dict, *, by, reason, at, revision=None):
    """What differs, into the history of the indicator."""
    indicator = row.indicator
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
        department=definition_for(
            indicator,
            row.from_month,
        ).responsible_name,
        at=at,
    )


def _base_of(indicator, from_month: date | None, version: int | None) -> Definition:
    """The version that a change from a month on starts from."""
    newest: Definition = Definition.objects.newest_of(indicator)
    if version is not None:
        newest = indicator.definitions.filter(pk=version).first() or newest
    elif from_month is not None and from_month < newest.from_month:
        newest = Definition.objects.of_month(indicator, from_month)
    return newest


def asked_version(indicator, version: int | None) -> Definition:
    """The version of a definition that a page is about: the one asked for, else the newest."""
    return _base_of(indicator, None, version)


def needs_target_for_the_rest(row: Definition) -> bool:
    """Does a sum begin anew in mid-year, so that its year's target is one for what remains?"""
    in_mid_year = row.from_month != fiscal_year_start(fiscal_year(row.from_month))
    return row.change == DefinitionChange.BREAK and row.accumulation in SUMS and in_mid_year


def rest_of_year(row: Definition) -> str:
    """What is to be done then."""
    last = wareki_month(first_of_month(fiscal_year_end(fiscal_year(row.from_month))))
    return (
        f"{wareki_month(row.from_month)}から数え直します。"
        f"残りの月（{last}まで）の目標を、この画面で定めてください。"
    )


def _store(row, values, reason, change):
    for name in FIELDS:
        setattr(row, name, values[name])
    if row.kind == Kind.NUMBER:
        row.numerator_label = row.numerator_unit = row.denominator_label = row.denominator_unit = ""
    row.reason, row.change = reason, change
    row.full_clean(exclude=["indicator", "department", "numerator_source"])
    save_only(row, *FIELDS, "reason", "change")


def _set_limits(by, row, changed, limits: Limits | None, reason, at) -> None:
    """What is to be maintained gets its range in the same step, for every year still to come.

    A year that has a target gets a new version of it, from the definition's month on.
    """
    if "direction" not in changed or row.direction != Direction.MAINTAIN:
        return
    if limits is None or limits == Limits():
        raise ValidationError({"lower": "「維持」の指標です。下限か上限を入力してください。"})
    years = row.indicator.measure.policy.plan.fiscal_years
    known = set(row.indicator.targets.values_list("fiscal_year", flat=True))
    for year in years:
        if year < fiscal_year(row.from_month):
            continue
        new = NewTarget(
            year,
            lower=limits.lower,
            upper=limits.upper,
            from_month=row.from_month if year in known else None,
            reason=reason or "「維持」の範囲を定めた",
        )
        set_target(by=by, indicator=row.indicator, new=new, at=at)
