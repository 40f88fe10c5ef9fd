"""要確認一覧 as data: what the list shows, of one kind or of all."""

from datetime import date, datetime

from django.utils import timezone

from foundation.records.actions import sample_loaded
from foundation.sheets.book import Column
from foundation.sheets.columns import Coded, choices_of, coded, day, flat, number, text, yes_no
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import BEFORE_ANY, DataList
from headquarters.upkeep.points import PointKind
from kpi.models import Indicator
from kpi.rules.codes import machine_code
from measures.columns import town_columns
from measures.models import OpenPoint, Plan, Provenance

TITLE = "要確認一覧"
PROVENANCES = Coded("由来", choices_of(Provenance.choices))


def _settled_on(point: OpenPoint) -> date | None:
    return timezone.localtime(point.settled_at).date() if point.settled_at else None


def _settled_by(point: OpenPoint) -> str:
    return point.settled_by.display_name if point.settled_by else ""


def _columns(plan: Plan | None) -> list[Column]:
    code, town = (plan.municipality_code, plan.municipality) if plan else ("", "")
    codes = Indicator.objects.codes_by_id()

    def indicator(point: OpenPoint) -> str:
        about = point.subject_type.model_class() is Indicator
        return machine_code(codes.get(point.subject_id, "")) if about else ""

    return flat(
        [
            town_columns(code, town),
            text("区分", "group", lambda row: row.group, 18),
            text("対象", "subject", lambda row: row.subject_label, 30),
            text("対象の種類", "subject_type", lambda row: row.subject_type.name, 16),
            text("指標番号", "indicator_code", indicator, 10),
            number("対象ID", "subject_id", lambda row: row.subject_id, "番号", width=8),
            text("項目", "field", lambda row: row.field_label, 16),
            text("項目コード", "field_code", lambda row: row.field, 18),
            text("仮の値", "proposal", lambda row: row.proposal, 20),
            coded("由来", "provenance", PROVENANCES, lambda row: row.get_provenance_display()),
            text("確かめること", "note", lambda row: row.note, 50),
            text("原文の文言", "source_text", lambda row: row.source_text, 40),
            yes_no("確認済", "is_settled", lambda row: row.settled_at is not None),
            text("確認した内容", "settled_value", lambda row: row.settled_value, 30),
            day("確認日", "settled_on", _settled_on),
            text("確認者", "settled_by", _settled_by),
        ]
    )


def _shown(kind: PointKind, shown: str) -> list[OpenPoint]:
    """The points of a kind that the list shows: open, settled or all."""
    lists = {"open": kind.open, "settled": kind.settled}
    return lists.get(shown, kind.points)


def point_file(kinds: list[PointKind], key: str, shown: str) -> DataList:
    """The points of the kind with this key (without one: of all kinds) that are shown."""
    wanted = [kind for kind in kinds if key in ("", kind.key)]
    rows = [point for kind in wanted for point in _shown(kind, shown)]
    plan, mark = Plan.objects.current(), sample_mark(sample_loaded())
    author = plan.municipality if plan else ""
    return DataList(TITLE, f"{TITLE}{mark}", _columns(plan), rows, _newest(kinds), author)


def _newest(kinds: list[PointKind]) -> datetime:
    """When a point was settled last."""
    settled = (point.settled_at for kind in kinds for point in kind.settled)
    return max((at for at in settled if at), default=BEFORE_ANY)
