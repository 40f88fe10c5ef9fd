"""`manage.py export_everything [FOLDER]`: the way out, in forms that every program reads."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from osaki_dx.keeping import way_out


class Command(BaseCommand):
    help = "町のデータのすべてを、CSV・JSON・Excel・添付ファイルとして、フォルダーに書き出します。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            nargs="?",
            help="書き出すフォルダー（省略すると、データの置き場所の export-日時）",
        )

    def handle(self, *args, folder, **options):
        at = timezone.now()
        place = Path(folder).resolve() if folder else way_out.default_folder(at)
        missing = way_out.export(place, at=at)
        self.stdout.write(f"{place} に書き出しました。中の README.txt に説明があります。")
        for name in missing:
            self.stderr.write(f"注意：添付ファイル {name} は、見つからないので入っていません。")
