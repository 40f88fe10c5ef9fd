"""`manage.py export_month 2026-10 --out FILE`.

The monthly workbook, for Task Scheduler and cron: of a closed month its edition, byte for byte.
"""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.japanese.calendar import add_months, wareki_month
from foundation.sheets.named import UnfitBook
from headquarters.reports.editions import report_of, whole_report
from headquarters.reports.models import Edition, TownFormUse
from headquarters.reports.town_form.filling import filled
from headquarters.reports.workbook import assembly
from measures.models import Plan

BOOK, DATA, FORM = "book", "data", "form"


class Command(BaseCommand):
    help = "月次進捗報告書（Excel）を書き出します。締めた月は、保存した版をそのまま出します。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("month", help="月（例：2026-10、last は終わったばかりの月）")
        parser.add_argument(
            "--out",
            required=True,
            help="書き出すファイル。フォルダーなら、その中に、月の入った名前で書く",
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--edition", type=int, help="版（省略すると最新の版）")
        which.add_argument(
            "--live", action="store_true", help="締めた月でも、版ではなくいまの内容を出す"
        )

        kind = parser.add_mutually_exclusive_group()
        kind.add_argument(
            "--data-only", action="store_true", help="データのシートだけのExcelにする"
        )
        kind.add_argument("--form", action="store_true", help="町の様式に値を入れたExcelにする")

    def handle(self, *args, month, out, edition=None, live=False, **options):
        asked = _month(month)
        kind = _kind(options)
        kept = (
            None
            if live
            else _kept(
                asked,
                edition,
                kind,
            )
        )
        name, content = kept or _live(asked, kind)
        place = Path(out) / name if Path(out).is_dir() else Path(out)
        try:
            _write(place, content)
        except OSError as error:
            raise CommandError(
                f"「{out}」に書けません（{error.strerror}）。書き込める場所を指定してください。"
            ) from None
        self.stdout.write(f"{name} を {place} に書き出しました。")


def _write(place, content):
    """The whole file or the one that was there: somebody may be reading it."""
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def _month(text):
    """The month that is asked for."""
    plan, today = Plan.objects.current(), timezone.localdate()
    if plan is None:
        raise CommandError(
            "計画が読み込まれていません。先に manage.py load_plan を実行してください。"
        )
    text = f"{add_months(today, -1):%Y-%m}" if text == "last" else text
    try:
        return plan.months.asked(text, today)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _kind(options):
    """Which of a month's files is asked for."""
    if options.get("form"):
        return FORM
    return DATA if options.get("data_only") else BOOK


def _kept(month, number, kind):
    """(file name, bytes) of an edition (None: the newest), or None while there is none."""
    editions = Edition.objects.monthly().filter(month=month).order_by("-number")
    row = editions.first() if number is None else editions.filter(number=number).first()
    if row is None and number is not None:
        raise CommandError(f"{wareki_month(month)} 第{number}版はありません。")
    if row is None:
        return None
    if kind == FORM:
        return _kept_form(row)
    return _data(report_of(row)) if kind == DATA else (row.workbook_name, bytes(row.workbook))


def _kept_form(row):
    """(file name, bytes) of the town's form that was filled with an edition."""
    kept = getattr(row, "filled", None)
    if kept is None:
        return _form(report_of(row))
    if not kept.is_filled:
        raise CommandError(f"{row}では、町の様式に値を入れられませんでした。")
    return kept.name, bytes(kept.content)


def _form(report):
    """(file name, bytes) of the town's form, filled now."""
    form = TownFormUse.objects.form_in_use()
    if form is None:
        raise CommandError("使っている町の様式がありません。")
    try:
        made = filled(form, report)
    except UnfitBook as error:
        raise CommandError(str(error)) from None
    return made.name, made.content


def _data(report):
    """(file name, bytes) of a report's sheets for machines alone."""
    return assembly.file_name(
        report,
        data_only=True,
    ), assembly.data_workbook(report)


def _live(month, kind):
    """(file name, bytes) of the month as it stands now."""
    report = whole_report(month, on=timezone.localdate())
    if report is None:
        raise CommandError("この月には、計画の指標がありません。")
    if kind == FORM:
        return _form(report)
    return (
        _data(report) if kind == DATA else (assembly.file_name(report), assembly.workbook(report))
    )
