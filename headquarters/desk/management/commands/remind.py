"""`manage.py remind`.

The day's reminders, once per person. Run it every morning; on other days it does nothing.
"""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.japanese.calendar import parse_date
from headquarters.desk import reminders

LINE = "─" * 40


class Command(BaseCommand):
    help = (
        "KPIとPDCAシートの提出期限の7日前・前日・翌日・7日後に督促を作ります"
        "（2回実行しても1回分だけ）。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--on", default="", help="この日として実行する（例：2026-11-09）。省略すると今日"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="送らず、記録もせず、内容だけを表示する"
        )

    def handle(self, *args, on, dry_run, **options):
        day = self._day(on)
        found = reminders.digests(day)
        made = 0
        for digest in found:
            if dry_run or reminders.send(digest, at=timezone.now()):
                made += 1
                self.stdout.write(f"{LINE}\n{digest.subject}\n{digest.text}")
        if not found:
            self.stdout.write("今日は督促はありません。")
        elif dry_run:
            self.stdout.write(f"{made}通です（送っていません）。")
        else:
            how = "メールで送り、ここに表示しました"
            if not reminders.mail_is_set_up():
                how = "メールの設定がないため、印刷して渡してください"
            self.stdout.write(
                f"{made}通を作りました。{how}。" if made else "今日の督促は、すでに作っています。"
            )

    def _day(self, text) -> date:
        try:
            return parse_date(text) if text else timezone.localdate()
        except ValueError as error:
            raise CommandError(str(error)) from None
