"""`manage.py backup [--to FOLDER] [--keep N]`: one file with everything, while people type."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from osaki_dx.keeping import backup, marks
from osaki_dx.keeping.space import megabytes


def at_least_one(text: str) -> int:
    """A number of backups to keep."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Command(BaseCommand):
    help = "データベース・添付ファイル・設定（鍵を除く）を、1つのファイルに保存します。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--to", help="保存するフォルダー（省略すると、データの置き場所の backups）"
        )
        parser.add_argument(
            "--keep", type=at_least_one, help="新しいものから数えて、この数だけ残して古いものを消す"
        )

    def handle(self, *args, to, keep, **options):
        at = timezone.now()
        folder = Path(to).resolve() if to else backup.default_folder()
        try:
            made = backup.take(folder, at=at)
        except OSError as error:
            if error.filename is not None:
                raise
            raise CommandError(f"{folder} に書き込めません（{error.strerror}）。") from None
        marks.note(
            settings.DATA_DIR,
            "backup",
            at,
            file=str(made.path),
            seal=made.seal,
        )
        self._tell(made)
        if keep:
            for path in backup.prune(made.path, keep):
                self.stdout.write(f"古いバックアップ {path.name} を消しました。")

    def _tell(self, made):
        size = megabytes(made.path.stat().st_size)
        attached = len(made.manifest.members) - len(made.manifest.tables) - 2
        self.stdout.write(
            f"バックアップ {made.path} を作りました"
            f"（{size}、{made.manifest.rows:,}行、添付ファイル{attached}件）。"
        )
        self.stdout.write(f"照合値（SHA-256） {made.seal}")
        if made.manifest.missing:
            self.stderr.write(
                f"注意：添付ファイル{len(made.manifest.missing)}件が見つからず、入っていません。"
                "manage.py doctor で確かめてください。"
            )
