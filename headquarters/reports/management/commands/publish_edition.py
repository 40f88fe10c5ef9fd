"""`manage.py publish_edition 2026-10 --out FILE`.

The folder for the town's site as a zip: all editions up to a month's newest one (or --edition N).
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from foundation.japanese.calendar import parse_month
from headquarters.reports.editions import reports_until
from headquarters.reports.models import Edition
from headquarters.reports.public.folder import NothingMarked, bundle, bundle_name
from headquarters.reports.public.shown import published

NOT_MARKED = (
    "{}には、公表の印が付いた指標がありません。「指標の定義表」の「公表」の列で選んでから、"
    "月を締め直してください。"
)


class Command(BaseCommand):
    help = "締めた月の版から、公表する指標だけのフォルダー（zip、HTML・CSV・JSON）を書き出します。"
    requires_system_checks: list[str] = []

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
        reports = reports_until(row)
        try:
            Path(out).write_bytes(bundle(reports))
        except NothingMarked:
            raise CommandError(NOT_MARKED.format(row)) from None
        except OSError as error:
            raise CommandError(
                f"「{out}」に書けません（{error.strerror}）。書き込める場所を指定してください。"
            ) from None
        count = len(published(reports[-1]))
        self.stdout.write(
            f"{bundle_name(reports[-1])} を {out} に書き出しました（公表する指標 {count}件）。"
        )
