"""`manage.py load_plan`.

The plan's data from `fixtures/`. Can be run again at any time; changes nothing twice.
"""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from foundation.japanese.calendar import parse_month
from foundation.records.actions import record_change
from kpi.loading import load_indicators
from kpi.models import Indicator
from measures.deciding import begin_with
from measures.loading import load_open_points, load_plan_text
from measures.models import BasicPolicy, Measure, TownStatistic
from roadmap.loading import load_steps
from roadmap.models import Step


def find(plan):
    """A function (subject, key) → object for the open points of that plan."""

    def by_key(subject, key):
        if subject == "plan":
            return plan
        if subject == "policy":
            return BasicPolicy.objects.get(plan=plan, number=key)
        if subject == "measure":
            return Measure.objects.by_first_number()[key]
        if subject == "indicator":
            return Indicator.objects.called(key, plan.months.first).get()
        if subject == "statistic":
            return TownStatistic.objects.filter(plan=plan, series=key).order_by("-order").first()
        measure, order = key.split("-")
        return Step.objects.get(measure__number=measure, order=order)

    return by_key


class Command(BaseCommand):
    help = "計画のデータ（fixtures/）を読み込みます。町が変えた内容は上書きしません。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--first-month",
            type=parse_month,
            help="利用開始月（例：2026-11）。これより前の月の入力を求めません",
        )

    @transaction.atomic
    def handle(self, *args, verbosity, first_month=None, **options):
        plan, count = load_plan_text()
        if first_month is not None and not plan.settings.exists():
            begin_with(plan=plan, first_month=first_month, at=timezone.now())
        count += load_indicators(plan) + load_steps() + load_open_points(plan, find(plan))
        if count:
            record_change(
                by=None,
                action="plan.load",
                subject=plan,
                before={},
                after={"追加した件数": count},
                at=timezone.now(),
            )
        if verbosity and count:
            self.stdout.write(f"計画のデータを読み込みました（{count}件を追加）。")
        elif verbosity:
            self.stdout.write("計画のデータはすべて読み込み済みです（追加 0件）。")
