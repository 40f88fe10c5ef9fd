"""`manage.py unload_sample`.

Everything that came with or after the sample goes; what was there before comes back.
"""

from django.core.management.base import BaseCommand, CommandError

from foundation.records.models import SampleLoad
from headquarters.sample import people, snapshot


class Command(BaseCommand):
    help = (
        "見本データを取り外し、読み込む前の状態に戻します（読み込んだ後に入力したものも消えます）。"
    )

    def handle(self, *args, verbosity, **options):
        load = SampleLoad.objects.first()
        if load is None:
            raise CommandError("見本データは読み込まれていません。")
        removed = snapshot.bring_back(load)
        people.accounts_path().unlink(missing_ok=True)

        if verbosity:
            self.stdout.write(f"見本データを取り外しました（{removed}件）。")
