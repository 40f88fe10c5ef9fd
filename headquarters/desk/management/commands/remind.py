"""`manage.py remind`.

The day's reminders, once per person. Run it every morning; on other days it does nothing, but for
what an earlier morning has missed.
"""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.japanese.calendar import parse_date
from headquarters.desk import post, reminders

LINE = "─" * 40


class Command(BaseCommand):
    help = (
        "KPIとPDCAシートの提出期限の7日前・前日・翌日・7日後に督促を作ります"
        "（2回実行しても1回分だけ。動かなかった朝の分は、次の朝に作ります）。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--on", default="", help="この日として実行する（例：2026-11-09）。省略すると今日"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="送らず、記録もせず、内容だけを表示する"
        )

    def handle(self, *args, on, dry_run, **options):
        found = reminders.digests(self._day(on))
        if dry_run:
            self._show(found)
            self.stdout.write(f"{len(found)}通です（送っていません）。")
            return
        sent = post.send_all(found, at=timezone.now())
        self._show(sent.made)
        self._tell(sent)
        if sent.failed:
            raise CommandError(self._missed(sent.failed))

    def _show(self, digests):
        for digest in digests:
            self.stdout.write(f"{LINE}\n{digest.subject}\n{digest.text}")

    def _tell(self, sent):
        how = "メールで送り、ここに表示しました"
        if not post.mail_is_set_up():
            how = "メールの設定がないため、印刷して渡してください"
        if sent.made:
            self.stdout.write(f"{len(sent.made)}通を作りました。{how}。")
        elif not sent.failed:
            self.stdout.write("いま作る督促はありません（すでに作ったものは、もう作りません）。")

    def _missed(self, failed):
        lines = [f"{len(failed)}通を送れませんでした。もう一度実行すると、この人だけに送ります。"]
        for digest, why in failed:
            lines.append(f"  {digest.user.display_name}（{digest.user.email}）：{why}。")
        return "\n".join(lines)

    def _day(self, text) -> date:
        try:
            return parse_date(text) if text else timezone.localdate()
        except ValueError as error:
            raise CommandError(str(error)) from None
