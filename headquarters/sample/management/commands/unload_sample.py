"""`manage.py unload_sample [--yes]`.

Everything that came with or after the sample goes; what was there before comes back. It shows what
goes and asks, because people may have begun to use the portal in earnest.
"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.records.asking import add_yes, ask
from foundation.records.models import SampleLoad
from headquarters.sample import people, snapshot


class Command(BaseCommand):
    help = (
        "見本データを取り外し、読み込む前の状態に戻します（読み込んだ後に入力したものも消えます）。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        add_yes(parser)

    def handle(self, *args, yes, verbosity, **options):
        load = SampleLoad.objects.first()
        if load is None:
            raise CommandError("見本データは読み込まれていません。")
        shown = snapshot.leaving(load)
        asks = getattr(self, "_called_from_command_line", True) and not yes
        if verbosity or asks:
            self._show(shown)
        if asks:
            ask(self, "取り外しますか", "取り外していません。")
        try:
            snapshot.bring_back(load, shown=shown if asks else None, at=timezone.now())
        except snapshot.Changed:
            raise CommandError(
                "表示した後に入力がありました。取り外していません。もう一度実行してください。"
            ) from None
        people.accounts_path().unlink(missing_ok=True)
        if verbosity:
            removed = sum(shown.rows.values())
            self.stdout.write(f"見本データを取り外しました（{removed}件）。")

    def _show(self, shown):
        """What goes: rows by kind, files, and the people of the town by name."""
        self.stdout.write("取り外すと、次のものが消え、見本データを読み込む前の状態に戻ります。")
        for kind, number in shown.rows.items():
            self.stdout.write(f"  {kind}　{number}件")
        if shown.files:
            self.stdout.write(f"  保存したファイル　{len(shown.files)}件")
        if shown.people:
            self.stdout.write(f"見本の後に登録した利用者（{len(shown.people)}人）も消えます：")
        for person in shown.people:
            self.stdout.write(f"  {person}")
