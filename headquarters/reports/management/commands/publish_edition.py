"""`manage.py publish_edition 2026-10 --out FILE`.

The public zip of a month's newest edition (or of --edition N).
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from foundation.japanese.calendar import parse_month
from headquarters.reports import public
from headquarters.reports.editions import report_of
from headquarters.reports.models import Edition


class Command(BaseCommand):
    help = "締めた月の版から、公表する指標だけの zip（HTML・CSV・JSON）を書き出します。"

    def add_arguments(self, parser):
        parser.add_argument("month", help="月（例：2026-10、last は最後に締めた月）")
        parser.add_argument(
            "--edition",
            type=int,
            help="版（省略すると最新の版）",
        )
        parser.add_argument("--out", required=True, help="書き出すファイル")

    def handle(self, *args, month, edition, out, **options):
        try:
            day = None if month == "last" else parse_month(month)
        except ValueError as error:
            raise CommandError(str(error)) from None
        row = (
            Edition.objects.of(day, edition).first()
            if edition and day
            else Edition.objects.newest(day)
        )
        if row is None:
            raise CommandError(f"{month} の版がありません。先に月を締めてください。")
        report = report_of(row)
        try:
            Path(out).write_bytes(public.bundle(report))
        except OSError as error:
            raise CommandError(
                f"「{out}」に書けません（{error.strerror}）。書き込める場所を指定してください。"
            ) from None
        count = len(public.published(report))
        self.stdout.write(
            f"{public.bundle_name(report)} を {out} に書き出しました（公表する指標 {count}件）。"
        )
