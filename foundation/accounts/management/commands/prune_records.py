"""`manage.py prune_records`.

Ends the lines of sign-ins and downloads whose time is over. The history is never shortened.
"""

from datetime import date, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.accounts.attempts import forget_attempts
from foundation.accounts.trail import actions
from foundation.accounts.trail.models import AccessRecord
from foundation.japanese.calendar import parse_date, wareki_date


class Command(BaseCommand):
    help = (
        "保存期間を過ぎた、ログインと取り出しの記録を消します。変更履歴は消しません"
        "（消した件数を、変更履歴に残します）。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--before",
            default="",
            help="この日より前を消す（例：2026-04-01）。省略すると OSAKI_DX_RECORD_DAYS 日より前",
        )
        parser.add_argument("--dry-run", action="store_true", help="消さずに、件数だけを表示する")

    def handle(self, *args, before, dry_run, **options):
        today = timezone.localdate()
        day = self._day(before, today)
        rows = AccessRecord.objects.before(day)
        self.stdout.write(
            f"{wareki_date(day)}より前の、ログインと取り出しの記録は{rows.count()}件です。"
        )
        if dry_run:
            self.stdout.write("--dry-run を付けたので、消していません。")
            return
        forget_attempts(today=today, before=day)
        ended = actions.end_records(
            before=day,
            at=timezone.now(),
        )
        self.stdout.write(f"{ended}件を消しました。変更履歴は消していません。")

    def _day(self, text: str, today: date) -> date:
        """The first day that stays."""
        if not text:
            return today - timedelta(days=settings.RECORD_DAYS)
        try:
            day = parse_date(text)
        except ValueError as error:
            raise CommandError(str(error)) from None
        latest = today - timedelta(days=settings.FEWEST_RECORD_DAYS)
        if day > latest:
            raise CommandError(
                f"--before は {wareki_date(latest)}以前の日にしてください"
                "（それより新しい記録は消せません）。"
            )
        return day
