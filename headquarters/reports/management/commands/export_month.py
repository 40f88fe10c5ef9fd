"""`manage.py export_month 2026-10 --out FILE`.

The monthly workbook, for Task Scheduler and cron.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.japanese.calendar import add_months
from headquarters.reports.editions import whole_report
from headquarters.reports.workbook import assembly
from measures.models import Plan


class Command(BaseCommand):
    help = "月次進捗報告書（Excel）を書き出します。"

    def add_arguments(self, parser):
        parser.add_argument("month", help="月（例：2026-10、last は終わったばかりの月）")
        parser.add_argument("--out", required=True, help="書き出すファイル")

    def handle(self, *args, month, out, **options):
        plan = Plan.objects.current()
        if plan is None:
            raise CommandError(
                "計画が読み込まれていません。先に manage.py load_plan を実行してください。"
            )
        today = timezone.localdate()
        month = f"{add_months(today, -1):%Y-%m}" if month == "last" else month
        try:
            report = whole_report(plan.months.asked(month, today), on=today)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if report is None:
            raise CommandError("この月には、計画の指標がありません。")
        try:
            Path(out).write_bytes(assembly.workbook(report))
        except OSError as error:
            raise CommandError(
                f"「{out}」に書けません（{error.strerror}）。書き込める場所を指定してください。"
            ) from None
        self.stdout.write(f"{assembly.file_name(report)} を {out} に書き出しました。")
