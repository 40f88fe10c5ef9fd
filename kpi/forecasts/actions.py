"""The one door through which the departments say what they expect for the end of the year."""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.japanese.calendar import wareki_month
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.conflict import Conflict, said
from foundation.records.seen import Seen, save_only
from kpi import words
from kpi.actions import check_month, check_rights, definition_for
from kpi.models import Indicator, YearEndForecast
from kpi.rules.checks import Entry, hard_errors

FIELDS = ("value", "numerator", "denominator", "reason")
NO_REASON = "見込の理由を入力してください。"
NO_NUMBER = "見込の数字を入力してください。取り消すときは、理由も空欄にします。"
NOT_ABOVE_ZERO = "分母の見込は0より大きい数にしてください。"


@dataclass(frozen=True)
class NewForecast:
    """What is expected at the year's end: a value, or both parts of a ratio, and why.

    All empty: what was said before is taken back.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str = ""

    @property
    def has_no_number(self) -> bool:
        """Nothing but words?"""
        return self.value is None and self.numerator is None and self.denominator is None

    @property
    def entry(self) -> Entry:
        """The numbers as the checks of values take them."""
        return Entry(
            self.value,
            self.numerator,
            self.denominator,
        )


def values_of(row: YearEndForecast | None) -> dict[str, Any]:
    """The fields of a stored forecast; empty ones where there is none."""
    if row is None:
        return {
            "value": None,
            "numerator": None,
            "denominator": None,
            "reason": "",
        }
    return {name: getattr(row, name) for name in FIELDS}


def _check_seen(seen: Seen | None, row: YearEndForecast | None) -> None:
    """Conflict when what the page showed does not stand any more."""
    now = values_of(row)
    if seen is None or not seen.moved(now):
        return
    if row is None:
        raise Conflict(None, "この見込は、あなたが画面を開いた後に取り消されました。", now=now)
    told = said(
        row.recorded_by,
        row.recorded_at,
        "保存しました",
    )
    raise Conflict(row, told, words.forecast(row) or words.EMPTY, now=now)


def _errors(new: NewForecast, definition: Any) -> dict[str, str]:
    """{field: sentence} of what makes it impossible."""
    if new.has_no_number:
        field = "numerator" if definition.kind == "ratio" else "value"
        return {field: NO_NUMBER}
    typed = copy(definition)
    typed.numerator_source = None  # of a forecast both parts are typed
    errors = hard_errors(new.entry, typed)
    if not errors and new.denominator is not None and new.denominator <= 0:
        errors["denominator"] = NOT_ABOVE_ZERO
    if not new.reason:
        errors["reason"] = NO_REASON
    return errors


@transaction.atomic
def record_forecast(
    *,
    by: User | None,
    indicator: Indicator,
    month: date,
    new: NewForecast,
    on: date,
    seen: Seen | None = None,
    why_late: str = "",
    at: datetime | None = None,
) -> YearEndForecast | None:
    """Store what is expected at the year's end, as said in `month` (first of month).

    `why_late`: why it is changed after the department has handed the month in. None: it was taken
    back. Same rights and locks as the value of the month. Raises ValidationError ({field:
    sentence}), Locked, PermissionDenied, Conflict.
    """
    at = moment(at)
    revision = next_revision(at=at)
    definition = definition_for(indicator, month)
    check_month(definition, month, on)
    admitted = check_rights(by, definition, month, why_late, at)
    rows = YearEndForecast.objects.select_related("recorded_by")
    row = rows.filter(indicator=indicator, month=month).first()
    _check_seen(seen, row)
    before = values_of(row)
    if before == vars(new):
        transaction.set_rollback(True)
        return row
    taken_back = new.has_no_number and not new.reason
    errors = {} if taken_back else _errors(new, definition)
    if errors:
        raise ValidationError(errors)
    told = words.forecast(row)
    if taken_back and row is not None:
        row.delete()
        row = None
    elif not taken_back:
        row = row or YearEndForecast(indicator=indicator, month=month)
        for name in FIELDS:
            setattr(row, name, getattr(new, name))
        row.version, row.recorded_by, row.recorded_at = revision, by, at
        row.clean_fields(exclude=["indicator", "recorded_by"])
        save_only(row, *FIELDS, "version", "recorded_by", "recorded_at")
    record_change(
        by=by,
        action="kpi.forecast",
        subject=indicator,
        label=f"{indicator}（{wareki_month(month)}の年度末見込）",
        month=month,
        before=_history(told, before["reason"]),
        after=_history(words.forecast(row), new.reason),
        reason=why_late or admitted.exception,
        on_behalf_of=admitted.behalf,
        department=definition.responsible_name,
        revision=revision,
        at=at,
    )
    return row


def _history(said_number: str, reason: str) -> dict[str, str]:
    """The flat dict that the history keeps; {} where there was none."""
    return {"年度末見込": said_number, "見込の理由": reason} if said_number else {}
