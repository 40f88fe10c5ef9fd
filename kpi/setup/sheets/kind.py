"""How the target sheet comes back: each change is a new version of a year's target, through its one
action (`kpi.setup.targets.set_target`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import (
    fiscal_year_name,
    format_month,
    parse_month,
    read_month,
    wareki_month,
    wareki_short,
)
from foundation.japanese.numbers import format_plain
from foundation.round_trip import typed
from foundation.round_trip.doors import open_door
from foundation.round_trip.kind import Kept, SheetKind
from foundation.round_trip.read_row import Misread, Typed
from foundation.round_trip.row import RowDifference, Texts
from foundation.round_trip.shown import ShownCell, saved_by
from foundation.sheets.cell import Cell
from kpi.models import Indicator, Target
from kpi.rules.codes import typed_code
from kpi.rules.counting import PERCENT
from kpi.setup.new_target import NewTarget, falling_beside
from kpi.setup.points import settle_targets
from kpi.setup.sheets.columns import (
    DECIDED_ON,
    DECIDED_WHERE,
    FALLS,
    FROM_MONTH,
    REASON,
    REASON_LIMIT,
    TERM_LABELS,
    WHERE_LIMIT,
    YES,
    columns_of,
    label_of,
    year_of,
)
from kpi.setup.sheets.rows import TargetsNow, plain, targets_now, text_of
from kpi.setup.targets import prepared, set_target
from measures.models import Plan

DOCUMENT, TITLE = "kpi_targets", "年度目標様式"
NO_CLEARING = (
    "目標は消せません。見直すときは新しい値を、置かないと決めたときは「目標なし」を入力してください。"
    "誤って登録した版の取下げは、指標ごとの目標の画面で行います。"
)
NO_NUMBER = "数字か、10～20 のような範囲を入力してください。"
PERCENT_CELL = "セルの書式が％です（単位は{}）。書式を「標準」に戻して入力してください。"
NO_MONTH = "数字になっています。月は R8.10 のように入力してください。"
OUTSIDE = "計画期間（{}）の月を入力してください。"
NO_YES = f"「{YES}」を選ぶか、空欄にしてください。"
CONFIRM = f"間違いなければ「{TERM_LABELS[FALLS]}」の列で「{YES}」を選んでください。"
EMPTY = "未設定"
CHANGED_SINCE = "{} {}：取り込んだ後に新しい版が登録されているため、残しました。"


class ShownTarget(ShownCell):
    """A cell of the target sheet on the page."""

    texts = frozenset({REASON, DECIDED_WHERE})

    @classmethod
    def label_of(cls, field: str) -> str:
        """「令和8年度の目標」."""
        return label_of(field)

    @staticmethod
    def in_words(field: str, text: str) -> str:
        """「1,200」「10～20」「R8.10.1」."""
        if not text:
            return EMPTY if year_of(field) else "空欄"
        if field == DECIDED_ON:
            return wareki_short(date.fromisoformat(text))
        if field == FROM_MONTH:
            return wareki_month(parse_month(text))
        if field == FALLS:
            return YES
        return aim_in_words(text) if year_of(field) else text


def aim_in_words(text: str) -> str:
    """「1200」 → 「1,200」; a range and 「目標なし」 too."""
    return "～".join(_with_commas(part) for part in text.split("～"))


def _with_commas(text: str) -> str:
    try:
        return format_plain(Decimal(text))
    except ArithmeticError:
        return text


class TargetSheets(SheetKind[TargetsNow]):
    """年度目標様式 of a plan with these fiscal years."""

    document = DOCUMENT
    title = TITLE
    rows_head = "指標・項目"
    riders = frozenset(TERM_LABELS)
    shown = ShownTarget
    prefix = "kpi:target_"
    permission = Permission.DEFINE
    action = "kpi.target_intake"
    unknown = "「{}」という番号の指標は、いまの計画にありません。"
    twice = "{}の行が2つあり、内容が違います。1つだけにしてください。"
    idle = "この行の目標は変わらないため、取り込みません。"
    clearing = "目標は消せません。置かないと決めた年度は「目標なし」と書きます。"
    confirmed = "目標は上書きせず、変えるたびに新しい版として記録します。後でまとめて取り消せます。"
    undoing = (
        "取り消すと、取り込んだ版を取り下げる版を記録し、その前の版がまた使われます。目標は追記だけなので、"
        "取り込んだ版も取下げも履歴に残り、済みになった要確認は元に戻りません。取り込んだ後に新しい版が"
        "登録された年度は取り下げず、名前を示します。"
    )

    def __init__(self, years: Iterable[int]) -> None:
        self.columns = columns_of(years)  # type: ignore[misc]  # of the plan
        self.parts = {  # type: ignore[misc]
            column.name: (column.name,) for column in self.columns if year_of(column.name)
        }

    def number_of(self, cell: Cell) -> str:
        """「5-3」「KPI5-3」, also where Excel has made a day of it."""
        return typed_code(cell.text)

    def standing(self, user: User, *, at: datetime) -> dict[int, TargetsNow]:
        """{indicator id: its targets}."""
        return {row.key: row for row in targets_now(at)}

    def stays(self, now: TargetsNow, field: str) -> str:
        """A year that is closed, or in which the indicator does not stand."""
        return now.shut.get(
            field,
            "",
        )

    def read(self, cell: Cell, now: TargetsNow, field: str) -> Typed | None:
        """What a cell says."""
        clears = typed.clears(cell)
        if year_of(field):
            if clears:
                raise Misread(NO_CLEARING)
            return _aim(cell, now, field)
        if clears:
            return Typed(field, "")
        if field == DECIDED_ON:
            day, how = typed.day_of(cell, now.today)
            return Typed(field, day.isoformat(), how)
        if field == FROM_MONTH:
            return Typed(field, _month(cell, now))
        if field == FALLS:
            return Typed(field, _yes(cell))
        limit = REASON_LIMIT if field == REASON else WHERE_LIMIT
        return Typed(field, typed.text_of(cell, TERM_LABELS[field], limit))

    def is_said(self, now: TargetsNow, field: str, text: str) -> bool:
        """Was one of the row's targets set in these terms?"""
        stored = [cell.stored for cell in now.row.cells if cell.stored]
        return any(_term(row, field) == text for row in stored)

    def problems(self, row: RowDifference[TargetsNow], *, at: datetime) -> dict[str, str]:
        """What the action would refuse; what falls is asked of the row as it would be."""
        now = row.now
        assert now is not None
        texts = row.texts(row.with_the_file)
        values = {cell.year: _value(texts[name]) for name, cell in now.cells.items()}
        found: dict[str, str] = {}
        for name in row.file:
            new = _new(now, row.riders, texts, name)
            beside = "" if FALLS in row.riders else falling_beside(new, now.row.definition, values)
            refused = f"{beside}{CONFIRM}" if beside else _refused(now, name, new, at)
            if refused:
                found[name] = refused
        return found

    def in_words(self, now: TargetsNow, part: str, texts: Texts) -> str:
        """「120件」."""
        text = texts[part]
        unit = now.row.definition.unit if text[:1].isdigit() or text[:1] in "-～" else ""
        return f"{ShownTarget.in_words(part, text)}{unit if text else ''}"

    def who(self, rows: Iterable[TargetsNow]) -> dict[int, str]:
        """Who set the newest target of each, and when."""
        keys = [row.key for row in rows]
        targets = Target.objects.filter(indicator__in=keys).select_related("created_by")
        newest = {row.indicator_id: row for row in targets.order_by("id")}
        return {
            key: saved_by(row.created_by.display_name if row.created_by else "", row.created_at)
            for key, row in newest.items()
        }

    def save(
        self,
        row: RowDifference[TargetsNow],
        texts: Texts,
        *,
        by: User,
        note: str,
        on: date,
        at: datetime,
    ) -> list[Kept]:
        """Set each year that changes; the batch keeps it with its version."""
        now = row.now
        assert now is not None
        kept = []
        for name, cell in now.cells.items():
            if texts[name] == now.texts[name]:
                continue
            new = _new(now, row.riders, texts, name)
            made = set_target(
                by=by,
                indicator=now.indicator,
                new=new,
                seen_version=cell.version,
                at=at,
            )
            kept.append({"indicator": now.key, "year": cell.year, "version": made.version})
        settle_targets(by=by, indicator=now.indicator, at=at)
        return kept

    def put_back(self, kept: Kept, *, by: User, note: str, on: date, at: datetime) -> str:
        """Take back the version by one that names it."""
        indicator = Indicator.objects.get(pk=kept["indicator"])
        year, version = kept["year"], kept["version"]
        newest = indicator.targets.filter(fiscal_year=year).order_by("-version").first()
        if newest is None or newest.version != version:
            return CHANGED_SINCE.format(indicator, fiscal_year_name(year))
        try:
            set_target(
                by=by,
                indicator=indicator,
                new=NewTarget(fiscal_year=year, withdraws=version, reason=note),
                at=at,
            )
        except ValidationError as error:
            return f"{indicator} {fiscal_year_name(year)}：{error.messages[0]}"
        return ""


def _aim(cell: Cell, now: TargetsNow, field: str) -> Typed:
    """A number, a range, 目標なし; a cell shown as a percentage × 100, where that is the unit."""
    unit, text, how = now.row.definition.unit, typed.word_of(cell), ""
    if isinstance(cell.value, date | bool):
        raise Misread(NO_NUMBER)
    if cell.is_number and cell.is_percentage:
        if unit not in PERCENT:
            raise Misread(PERCENT_CELL.format(unit))
        text = plain(Decimal(cell.text) * 100)
        how = f"書式が％のため {text}％ と読みました"
    year_cell = replace(now.cells[field], typed=text)
    try:
        said = text_of(now.row.aim(year_cell))
    except ValidationError as error:
        raise Misread("".join(error.messages)) from None
    if not how and said != cell.text:
        how = f"「{cell.text[: typed.LONGEST_SHOWN]}」を読み替え"
    return Typed(field, said, how)


def _month(cell: Cell, now: TargetsNow) -> str:
    """A month, or the day that a program has made of it."""
    if isinstance(cell.value, date):
        month = cell.value.replace(day=1)
    elif cell.is_number:
        raise Misread(NO_MONTH)
    else:
        try:
            month = read_month(cell.text)
        except ValueError as error:
            raise Misread(str(error)) from None
    months = now.indicator.measure.policy.plan.months
    first = date(month.year, month.month, 1)
    if first not in months:
        raise Misread(OUTSIDE.format(months))
    return format_month(first)


def _yes(cell: Cell) -> str:
    if typed.word_of(cell) != YES:
        raise Misread(NO_YES)
    return YES


def _term(row: Target, field: str) -> str:
    """What a stored target was decided with, as the sheet says it."""
    if field == FALLS:
        return YES
    if field == FROM_MONTH:
        return format_month(row.from_month)
    if field == DECIDED_ON:
        return row.decided_on.isoformat() if row.decided_on else ""
    return str(getattr(row, field))


def _new(now: TargetsNow, riders: Texts, texts: Texts, field: str) -> NewTarget:
    """What the file says of a year, as its action takes it. That it falls was asked before."""
    terms: dict[str, Any] = {
        REASON: riders.get(REASON, ""),
        DECIDED_WHERE: riders.get(DECIDED_WHERE, ""),
        FROM_MONTH: parse_month(riders[FROM_MONTH]) if riders.get(FROM_MONTH) else None,
        DECIDED_ON: date.fromisoformat(riders[DECIDED_ON]) if riders.get(DECIDED_ON) else None,
    }
    cell = replace(now.cells[field], typed=texts[field])
    new: NewTarget = now.row.new_target(cell, **terms)
    return new


def _value(text: str) -> Decimal | None:
    """The number aimed at; None for a range, for none."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _refused(now: TargetsNow, field: str, new: NewTarget, at: datetime) -> str:
    """What the action would say of a new target."""
    cell = now.cells[field]
    try:
        prepared(
            by=None,
            indicator=now.indicator,
            new=new,
            seen_version=cell.version,
            at=at,
        )
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def target_sheets() -> TargetSheets:
    """The kind for the plan that the portal runs."""
    return TargetSheets(Plan.objects.current().fiscal_years)


open_door(DOCUMENT, TITLE, "kpi:target_sheets", Permission.DEFINE)
