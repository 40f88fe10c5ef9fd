"""`manage.py doctor`: rows of 「正常」「注意」「異常」; the worst is the exit code: 0, 1, 2."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from osaki_dx.keeping.doctor.examination import examine
from osaki_dx.keeping.doctor.finding import Grade


class Command(BaseCommand):
    help = "ポータルの具合を調べます。終了コードは 0（正常）、1（注意）、2（異常）。"
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        worst = Grade.GOOD
        for finding in examine(timezone.now()):
            worst = max(worst, finding.grade)
            self.stdout.write(f"{finding.grade.word}　{finding.subject}：{finding.told}")
            if finding.mend:
                self.stdout.write(f"　　　直し方：{finding.mend}")
        self.stdout.write(f"まとめ：{worst.word}")
        self.stdout.flush()
        if worst:
            sys.exit(int(worst))
