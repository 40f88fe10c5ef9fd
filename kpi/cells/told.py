"""How one cell is named and told: in the history, and to a person who met somebody else there."""

from datetime import date

from foundation.japanese.calendar import wareki_month
from foundation.records.conflict import Conflict, said
from foundation.records.labels import field_label
from kpi import words
from kpi.choices import Maturity
from kpi.models import Indicator, KpiValue
from kpi.rules.counting import Reading


def conflict_with(stored: KpiValue | None, answer: Reading | None = None) -> Conflict:
    """The conflict with what is stored in a cell now (None: it was cleared). `answer`: what it says
    with the numerator of another indicator.
    """
    if stored is None:
        return Conflict(None, "この値は、あなたが画面を開いた後に消去されました。", words.EMPTY)

    stored_words = words.value(answer or stored)
    what = f" {stored_words} に変更しました"
    return Conflict(
        stored, said(stored.updated_by, stored.updated_at, what), stored_words or words.EMPTY
    )


def label_of(indicator: Indicator, month: date) -> str:
    """How the history names one cell."""
    return f"{indicator}（{wareki_month(month)}）"


def history_of(value: KpiValue | None, answer: Reading | None = None) -> dict:
    """The flat dict that the history keeps of a value; {} when there is none. `answer`: what the
    cell says with the numerator of another indicator.
    """
    shown = answer or value
    if shown is None:
        return {}
    row = {"値": words.value(shown), "区分": Maturity(shown.maturity).label}
    if value is None:
        return row
    for field in ("as_of", "note", "public_note"):
        if getattr(value, field):
            row[field_label(KpiValue, field)] = getattr(value, field)
    if value.follow_up:
        row["後で確認"] = "はい"
    return row
