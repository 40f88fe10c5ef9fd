"""`manage.py prune_uploads [--yes]`.

Removes files of attachments that no row speaks of: what a process that was killed has left behind.
It shows them and asks, because a database that was put back to an earlier day has lost rows whose
files are still there.
"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from osaki_dx.keeping import files

YES = ("はい", "y", "yes")


class Command(BaseCommand):
    help = (
        "登録の途中で止まって uploads に残った添付ファイルのうち、1日より古いものを示し、"
        "確認して消します。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="消えるものを示すだけで、確認しない")

    def handle(self, *args, yes, **options):
        left = files.left_behind(timezone.now())
        if not left:
            self.stdout.write("登録のない添付ファイルはありません。")
            return
        for path in left:
            self.stdout.write(f"  {path.parent.name}/{path.name}　{path.stat().st_size:,}バイト")
        if not yes:
            self._ask(len(left))
        for path in left:
            path.unlink(missing_ok=True)
        self.stdout.write(f"{len(left)}件を消しました。")

    def _ask(self, number):
        self.stdout.write(f"この{number}件を消しますか（はい／いいえ）：", ending="")
        self.stdout.flush()
        try:
            answer = input().strip().lower()
        except EOFError:
            raise CommandError(
                "消していません。確認に答えられない所では --yes を付けてください。"
            ) from None
        if answer not in YES:
            raise CommandError("消していません。")
