"""`manage.py load_sample --until 2026-10`.

Fictional data with every state on show; taken out by unload_sample.
"""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from foundation.accounts.models import User
from foundation.japanese.calendar import last_of_month, parse_month
from foundation.records.actions import record_change, sample_loaded
from foundation.records.models import SampleLoad
from headquarters.sample import choice, figures, people, snapshot, timetable
from headquarters.sample.source import account_names, read_source
from kpi.models import KpiValue, Target
from measures.models import Plan


class Command(BaseCommand):
    help = "見本データを読み込みます（実際の値があるときは読み込みません）。"

    def add_arguments(self, parser):
        parser.add_argument("--until", default="2026-10", help="見本の最終月（例：2026-10）")

    def handle(self, *args, until, verbosity, **options):
        try:
            month = parse_month(until)
        except ValueError as error:
            raise CommandError(str(error)) from None
        plan = Plan.objects.current()
        self._refuse(plan, month)
        data = read_source()
        with transaction.atomic():
            rows = self._load(data, plan, month)
        people.write_accounts(rows)
        if verbosity:
            self._tell(rows)

    def _tell(self, rows):
        """Where the accounts are, and the accounts."""
        self.stdout.write(
            f"見本データを読み込みました。サインインの情報は {people.accounts_path()} にあります。"
        )
        for username, role, department, password in rows:
            self.stdout.write(f"  {username:<14}{password}  {role} {department}")

    def _refuse(self, plan, month):
        """Say why sample data cannot come now."""
        if plan is None:
            raise CommandError(
                "計画が読み込まれていません。先に manage.py load_plan を実行してください。"
            )
        if sample_loaded():
            raise CommandError(
                "見本データはすでに読み込まれています。"
                "取り外すには manage.py unload_sample を実行してください。"
            )
        if KpiValue.objects.exists() or Target.objects.exists():
            raise CommandError(
                "実際の値または目標が入力されているため、見本データは読み込めません。"
            )
        if month not in plan.months:
            raise CommandError("計画期間の月を指定してください（例：2026-10）。")

    def _load(self, data, plan, month):
        taken = [
            name for name in account_names(data) if User.objects.filter(username=name).exists()
        ]
        if taken:
            raise CommandError(
                f"利用者名 {'、'.join(taken)} がすでにあるため、見本データは読み込めません。"
            )
        at = timezone.now()
        before = snapshot.take()
        SampleLoad.objects.create(loaded_at=at, until=month, snapshot=before)
        choice.remember(True, at=at)
        departments = people.make_departments(data)
        users, rows = people.make_accounts(data, departments, at)
        by = users["jimukyoku"]
        figures.make_definitions(data)
        figures.make_targets(data, by)
        made = figures.make_values(data, month, users, at)
        figures.make_submissions(data, month, departments, by)
        steps = timetable.make_steps(data, last_of_month(month))
        timetable.make_milestones(data, steps, plan, users, last_of_month(month), at)
        record_change(
            by=None,
            action="sample.load",
            subject=plan,
            before={},
            after={"実績値": made, "最終月": month},
            at=at,
        )

        return rows
