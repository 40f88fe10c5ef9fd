"""`manage.py prune_uploads [--yes]`.

Removes files of attachments that no row speaks of: what a process that was killed has left behind.
It shows them and asks, because a database that was put back to an earlier day has lost rows whose
files are still there.
"""

from django.core.management.base import BaseCommand
from django.utils import timezone

from foundation.records.asking import add_yes, ask
from osaki_dx.keeping import files


class Command(BaseCommand):
    help = (
        "登録の途中で止まって uploads に残った添付ファイルのうち、1日より古いものを示し、"
        "確認して消します。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        add_yes(parser)

    def handle(self, *args, yes, **options):
        left = files.left_behind(timezone.now())
        if not left:
            self.stdout.write("登録のない添付ファイルはありません。")
            return
        for path in left:
            self.stdout.write(f"  {path.parent.name}/{path.name}　{path.stat().st_size:,}バイト")
        if not yes:
            ask(self, f"この{len(left)}件を消しますか", "消していません。")
        for path in left:
            path.unlink(missing_ok=True)
        self.stdout.write(f"{len(left)}件を消しました。")
