"""A numerator that is another indicator's value, as it is defined (docs/rules.md §2): the two must
be counted alike, from the month on from which one reads the other.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError

from foundation.japanese.calendar import wareki_month
from foundation.records.seen import save_only
from kpi.choices import Frequency, Kind
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth

ALIKE = {"accumulation": "集計方法", "frequency": "測定頻度"}
LINK = "numerator_source"
Values = Mapping[str, Any]
Beside = Mapping[int, Values]  # {indicator id: what is saved in the same press}


def versions_from(indicator: Indicator, month: date) -> list[Definition]:
    """The versions of a definition that hold in a month or later, oldest first."""
    rows = indicator.definitions.order_by("from_month", "version")
    standing = list({row.from_month: row for row in rows}.values())
    ended = [row for row, newer in pairwise(standing) if newer.from_month <= month]
    return standing[len(ended) :]


def check_source(indicator: Indicator, values: Values, start: date, beside: Beside) -> None:
    """ValidationError unless the numerator can be read from the indicator named in `values`."""
    source = values[LINK]
    if source is None:
        return
    if source.pk == indicator.pk:
        raise ValidationError({LINK: "自分の値を分子にすることはできません。"})
    first = max(filter(None, (start, values["measured_from"], indicator.valid_from)))
    for row in versions_from(source, first):
        stored = {name: getattr(row, name) for name in COMPARED}
        given = beside.get(source.pk, stored)
        told = _misfit(_with_unit(values, given, beside), given)
        if told:
            raise ValidationError({LINK: f"{source.code}：{next(iter(told.values()))}"})
    _check_months(indicator, values, source, first)


COMPARED = (
    "kind",
    "unit",
    "accumulation",
    "frequency",
    "due_month",
    "may_be_negative",
    "measured_from",
    "measured_until",
)


def _misfit(ratio: Values, source: Values) -> dict[str, str]:
    """{field of the source: sentence} of what keeps it from being the numerator."""
    found = {}
    if source["kind"] != Kind.NUMBER:
        found["kind"] = "分子にできるのは、種類が数値の指標です。"
    if source["unit"] != ratio["numerator_unit"]:
        found["unit"] = (
            f"単位（{source['unit']}）が分子の単位（{ratio['numerator_unit']}）と違います。"
        )
    for name, label in ALIKE.items():
        if source[name] != ratio[name]:
            found[name] = f"{label}が割合の指標と違います。同じ{label}の指標だけが分子になります。"
    yearly = source["frequency"] == ratio["frequency"] == Frequency.YEARLY
    if yearly and source["due_month"] != ratio["due_month"]:
        found["due_month"] = "測定月が割合の指標と違います。"
    if source["may_be_negative"] and not ratio["may_be_negative"]:
        found["may_be_negative"] = "負の値になる指標は、負の値を認めない割合の分子にできません。"
    return found


def _with_unit(ratio: Values, source: Values, beside: Beside) -> Values:
    """A numerator's unit follows that of its source where both are saved in one press."""
    return {**ratio, "numerator_unit": source["unit"]} if beside else ratio


def _check_months(indicator: Indicator, values: Values, source: Indicator, first: date) -> None:
    """The source must be measured in every month in which the ratio is."""
    begins = [source.valid_from, *source.definitions.values_list("measured_from", flat=True)]
    if any(month > first for month in begins if month):
        raise ValidationError({LINK: f"{source.code}は、{wareki_month(first)}には測っていません。"})
    newest = Definition.objects.newest_of(source)
    ends = _earliest(source.valid_until, newest.measured_until)
    needed = _earliest(indicator.valid_until, values["measured_until"])
    if ends is not None and (needed is None or needed > ends):
        raise ValidationError({LINK: f"{source.code}の測定は{wareki_month(ends)}で終わります。"})


def _earliest(*months: date | None) -> date | None:
    return min((month for month in months if month), default=None)


def links_to(source: Indicator, month: date) -> list[Definition]:
    """The versions that read their numerator from an indicator in a month or later, of ratios that
    have not ended before it.
    """
    readers = Indicator.objects.filter(definitions__numerator_source=source).distinct()
    rows = [row for reader in readers for row in versions_from(reader, month)]
    reading = [row for row in rows if row.numerator_source_id == source.pk]
    return [row for row in reading if (_last_of(row) or month) >= month]


def _last_of(row: Definition) -> date | None:
    """The last month in which the ratio is measured; None: to the plan's end."""
    return _earliest(
        row.indicator.valid_until,
        row.measured_until,
    )


def check_readers(
    source: Indicator, values: Values, changed: Iterable[str], start: date, beside: Beside
) -> None:
    """ValidationError when a changed definition no longer fits a ratio that reads its value. The
    unit of a numerator follows as long as nothing was entered (`follow_unit`).
    """
    touched = {*COMPARED} & {*changed}
    if not touched:
        return
    for row in links_to(source, start):
        stored = {name: getattr(row, name) for name in (*COMPARED, "numerator_unit")}
        ratio = beside.get(row.indicator_id, stored)
        if not _rests_on(source, row):
            ratio = {**ratio, "numerator_unit": values["unit"]}
        told = {name: text for name, text in _misfit(ratio, values).items() if name in touched}
        if "measured_from" in touched and values["measured_from"]:
            told["measured_from"] = "測定開始月を変えると、分子のない月ができます。"
        ends, needed = values["measured_until"], _last_of(row)
        if "measured_until" in touched and ends and (needed is None or needed > ends):
            told["measured_until"] = "測定終了月の後の分子がなくなります。"
        if told:
            raise ValidationError(
                {name: f"{is_numerator_of(row)}{text}" for name, text in told.items()}
            )


def _rests_on(source: Indicator, ratio: Definition) -> bool:
    """Has anything been entered for one of the two, or a month closed by the ratio's version?"""
    closed = ReportingMonth.objects.last_closed()
    if closed is not None and ratio.from_month <= closed:
        return True
    return any(
        KpiValue.objects.of_indicator(indicator).exists() for indicator in (source, ratio.indicator)
    )


def follow_unit(source: Definition) -> list[tuple[Definition, str]]:
    """The ratios that read a value take its unit for their numerator; those that are changed, each
    with the unit it had.
    """
    found = []
    for row in links_to(source.indicator, source.from_month):
        if row.numerator_unit != source.unit:
            found.append((row, row.numerator_unit))
            row.numerator_unit = source.unit
            save_only(row, "numerator_unit")
    return found


def is_numerator_of(row: Definition) -> str:
    """「1-3 … の分子です。…」: what is to be done first."""
    ratio = row.indicator
    return (
        f"{ratio} の分子です。先に{ratio.code}の定義で、分子にする指標を外してください"
        "（数え方を両方とも変えるときは、指標の定義表で一度に保存できます）。"
    )


def check_may_end(source: Indicator, month: date) -> None:
    """ValidationError when a ratio still reads the value after the month in which it is to end."""
    for row in links_to(source, month):
        needed = _last_of(row)
        if needed is None or needed > month:
            raise ValidationError({"month": is_numerator_of(row)})


def check_values_since(indicator: Indicator, changed: Iterable[str], start: date) -> None:
    """ValidationError when values of the months from which on the numerator is read, or typed
    again, are there already.
    """
    if LINK not in changed:
        return
    if KpiValue.objects.of_indicator(indicator).filter(month__gte=start).exists():
        raise ValidationError(
            {
                LINK: f"{wareki_month(start)}以降の値がすでにあります。分子にする指標は、"
                "値のない月から変えてください（前の月の分子はそのまま残ります）。"
            }
        )


def same_name(row: Definition) -> Indicator | None:
    """The indicator that is called as the typed numerator of a ratio is: it can be read there."""
    if row.kind != Kind.RATIO or row.numerator_source_id is not None:
        return None
    found: Indicator | None = Indicator.objects.filter(name=row.numerator_label).first()
    return found


def told_of_break(row: Definition) -> str:
    """What is to be looked at when a value that is a numerator is counted anew; nothing where it
    is none.
    """
    ratios = links_to(row.indicator, row.from_month)
    names = "、".join(dict.fromkeys(str(each.indicator) for each in ratios))
    if not names:
        return ""
    return f"この指標は {names} の分子です。数え方が変わるので、その定義と目標も確かめてください。"
