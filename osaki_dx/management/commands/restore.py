"""`manage.py restore FILE`: a backup put back into an empty place. `--check` only looks at it."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from osaki_dx.folders import make_data_folder
from osaki_dx.keeping import program, restore
from osaki_dx.keeping.package import Package
from osaki_dx.starting import one_at_a_time


class Command(BaseCommand):
    help = "バックアップを、空の場所に戻します（SQLite でも PostgreSQL でも）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="バックアップのファイル")
        parser.add_argument(
            "--check", action="store_true", help="戻さずに、ファイルが壊れていないかだけを確かめる"
        )

    def handle(self, *args, file, check, **options):
        path = Path(file).resolve()
        if not path.is_file():
            raise CommandError(f"{path} がありません。ファイルの名前を確かめてください。")
        with Package(path) as package:
            if check:
                restore.check(package)
                package.check_content()
                self.stdout.write(f"{path} は、もとのままです（{self._facts(package)}）。")
                return
            make_data_folder(settings.DATA_DIR)
            with one_at_a_time():
                restore.restore(package)
            self._tell(package)

    def _facts(self, package):
        told = package.manifest
        made = timezone.localtime(parse_datetime(told.made_at))
        return f"{made:%Y-%m-%d %H:%M} 作成、版 {program.told(told.program)}、{told.rows:,}行"

    def _tell(self, package):
        self.stdout.write(f"{package.path} を戻しました（{self._facts(package)}）。")
        self.stdout.write("すべての表の行数と値、追記専用の守りを確かめました。")
        file = settings.DATA_DIR / restore.RESTORED_SETTINGS
        if file.exists():
            self.stdout.write(
                f"そのときの設定を {file} に書きました（鍵とパスワードはありません）。"
                "見比べて、設定ファイル osaki.env に写してください。"
            )
        for name in package.manifest.missing:
            self.stderr.write(f"注意：添付ファイル {name} は、バックアップに入っていません。")
        self.stdout.write("次に manage.py doctor で確かめ、python3 run.py で起動してください。")
