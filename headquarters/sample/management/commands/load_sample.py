"""`manage.py load_sample [--until 2026-10] [--ahead]`.

A fictional town alive in every room; taken out by unload_sample.
"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.accounts.models import User
from foundation.japanese.calendar import first_of_month, parse_month, wareki_month
from foundation.records.actions import sample_loaded
from headquarters.sample import people
from headquarters.sample.choice import is_own_plan
from headquarters.sample.loading import load
from headquarters.sample.source import account_names, read_source
from kpi.models import KpiValue, Target
from measures.loading import own_title
from measures.models import Plan

OTHER_PLAN = "見本データは「{}」のために作ったものです。「{}」のデータベースには読み込めません。"


class Command(BaseCommand):
    help = "見本データを読み込みます（実際の値があるときは読み込みません）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--until", help="見本の最終月（例：2026-10）。省くと先月まで")
        parser.add_argument(
            "--ahead", action="store_true", help="今月より後の月までの見本も作る（確かめるため）"
        )

    def handle(self, *args, until=None, ahead=False, verbosity, **options):
        plan, now = Plan.objects.current(), timezone.now()
        self._refuse(plan)
        month = self._month(
            plan,
            until,
            ahead,
        )
        source = read_source()
        self._refuse_names(source)
        rows = load(source=source, plan=plan, until=month, ahead=ahead, at=now)
        people.write_accounts(rows)
        if verbosity:
            self._tell(rows)

    def _tell(self, rows):
        """Where the accounts are, and the accounts."""
        self.stdout.write(
            f"見本データを読み込みました。ログインの情報は {people.accounts_path()} にあります。"
        )
        for username, role, department, password in rows:
            self.stdout.write(f"  {username:<14}{password}  {role} {department}")

    def _month(self, plan, until, ahead):
        """The last month: the one asked for, else the one before the running month."""
        today = timezone.localdate()
        try:
            month = parse_month(until) if until else plan.months.collected(today)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if month not in plan.months:
            raise CommandError("計画期間の月を指定してください（例：2026-10）。")
        if month > first_of_month(today) and not ahead:
            raise CommandError(
                f"{wareki_month(month)}はまだ始まっていません。"
                "先の月までの見本を作るときは --ahead を付けてください。"
            )
        return month

    def _refuse(self, plan):
        """Say why sample data cannot come now."""
        if plan is None:
            raise CommandError(
                "計画が読み込まれていません。先に manage.py load_plan を実行してください。"
            )
        if not is_own_plan(plan):
            raise CommandError(OTHER_PLAN.format(own_title(), plan))
        if sample_loaded():
            raise CommandError(
                "見本データはすでに読み込まれています。"
                "取り外すには manage.py unload_sample を実行してください。"
            )
        if KpiValue.objects.exists() or Target.objects.exists():
            raise CommandError(
                "実際の値または目標が入力されているため、見本データは読み込めません。"
            )

    def _refuse_names(self, source):
        taken = [
            name for name in account_names(source) if User.objects.filter(username=name).exists()
        ]
        if taken:
            raise CommandError(
                f"利用者名 {'、'.join(taken)} がすでにあるため、見本データは読み込めません。"
            )
