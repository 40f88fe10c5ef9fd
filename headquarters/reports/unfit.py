"""Which texts of a report hold characters that no file can hold, and where they are mended."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError

from foundation.japanese.calendar import wareki_month
from foundation.sheets.texts import unfit
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import (
    IndicatorRow,
    MeasureRow,
    MilestoneRow,
    MonthCell,
    ReviewRow,
    StepRow,
)

NOT_CLOSED = "Excelを開き直せなかったため、締めていません。"
LABELS = {
    "note": "メモ",
    "public_note": "公表用の文",
    "comment": "コメント",
    "reason": "理由",
    "name": "名称",
    "sentence": "文",
}


@dataclass(frozen=True)
class Place:
    """Where a text stands: its subject in words, for a value also its indicator and month."""

    subject: str = ""
    code: str = ""
    month: date | None = None


@dataclass(frozen=True)
class UnfitText:
    """One text with characters that cannot leave; `signs` as 「U+FFFE」."""

    place: Place
    label: str
    signs: tuple[str, ...]
    count: int

    @property
    def subject(self) -> str:
        """「6-1 のメモ」."""
        return f"{self.place.subject} の{self.label}" if self.place.subject else self.label

    def __str__(self) -> str:
        when = f"（{wareki_month(self.place.month)}）" if self.place.month else ""
        signs = "・".join(self.signs)
        return f"{self.subject}{when}に使えない文字（{signs}）が{self.count}つあります"


class BookNotReopened(ValidationError):
    """The workbook of an edition cannot be opened again; `texts` are what is at fault, if known."""

    def __init__(self, texts: list[UnfitText]):
        self.texts = texts
        known = [f"{text}。直すと締められます。" for text in texts]
        unknown = ["入力は残っています。事務局から保守の担当へ知らせてください。"]
        super().__init__("".join([NOT_CLOSED, *(known or unknown)]), code="book")


def unfit_texts(report: MonthlyReport) -> list[UnfitText]:
    """Every text of the report that holds such characters, in the report's order, each once."""
    return list(
        dict.fromkeys(
            _walk(
                report,
                Place(),
                "",
            )
        )
    )


def _walk(value, place: Place, name: str) -> Iterator[UnfitText]:
    if isinstance(value, str):
        found = unfit(value)
        if found:
            label = LABELS.get(name, "文")
            yield UnfitText(place, label, tuple(found), sum(found.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(
                item,
                place,
                name,
            )
    elif is_dataclass(value):
        inside = _inside(value, place)
        for row in fields(value):
            yield from _walk(getattr(value, row.name), inside, row.name)


def _inside(value, place: Place) -> Place:
    """The place of what a part of the report holds."""
    match value:
        case IndicatorRow():
            return Place(value.code, value.code)
        case MonthCell():
            return replace(place, month=value.month)
        case MeasureRow():
            return Place(f"施策{value.number}")
        case ReviewRow():
            return Place(f"施策{value.measure}（{value.cycle}）")
        case StepRow() | MilestoneRow():
            return Place(value.name)
        case _:
            return place
