"""`manage.py load_plan [FILE]`.

With a file: the plan of 計画の様式 into an empty database, all of it or nothing (ADR 54). Without:
the plan's data from `fixtures/`; can be run again at any time, changes nothing twice.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from foundation.japanese.calendar import parse_month
from foundation.records.actions import record_change
from foundation.sheets.bounds import SHEET, Unreadable
from headquarters.upkeep.plan_form.faults import Faulty
from headquarters.upkeep.plan_form.loading import AlreadyThere, load_form
from headquarters.upkeep.plan_form.reading import read_form
from kpi.loading import load_indicators
from kpi.models import Indicator
from measures.deciding import begin_with
from measures.loading import load_open_points, load_plan_text, own_title
from measures.models import BasicPolicy, Measure, Plan, TownStatistic
from measures.settings_of import SettingKind
from roadmap.loading import load_steps
from roadmap.models import Step

FIRST = SettingKind.FIRST_MONTH


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


UNREAD = "「{}」を読めません（{}）。ファイルの名前と場所を確かめてください。"
TOO_LARGE = "「{}」は大きすぎます。plan_form で作った様式に入力したファイルを指定してください。"
OTHER_PLAN = (
    "このデータベースには、別の計画「{}」があります。"
    "「{}」は、空のデータベースに読み込んでください。"
)


class Command(BaseCommand):
    help = (
        "計画を読み込みます。ファイル（計画の様式）を指定すると、空のデータベースにその計画を、"
        "指定しないと、このプログラムに付いている計画（fixtures/）を読み込みます。"
        "町が変えた内容は上書きしません。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", help="計画の様式（Excel）。「manage.py plan_form」で書き出したもの"
        )
        parser.add_argument(
            "--first-month",
            type=parse_month,
            help="利用開始月（例：2026-11）。これより前の月の入力を求めません",
        )

    @transaction.atomic
    def handle(self, *args, file, verbosity, first_month=None, **options):
        plan, count = self._from_form(file) if file else self._from_fixtures()
        if first_month is not None and not plan.settings.filter(kind=FIRST).exists():
            begin_with(plan=plan, first_month=first_month, at=timezone.now())
        if verbosity and file:
            self.stdout.write(f"計画「{plan}」を読み込みました（{count}件を追加）。")
        elif verbosity and count:
            self.stdout.write(f"計画のデータを読み込みました（{count}件を追加）。")
        elif verbosity:
            self.stdout.write("計画のデータはすべて読み込み済みです（追加 0件）。")

    def _from_form(self, file: str) -> tuple[Plan, int]:
        """The plan of a form that was filled in."""
        try:
            form = read_form(_content(file))
            return load_form(form, file_name=Path(file).name, at=timezone.now())
        except (Unreadable, AlreadyThere, Faulty) as error:
            raise CommandError(f"{file}：{error}") from None

    def _from_fixtures(self) -> tuple[Plan, int]:
        """The plan that comes with the program."""
        there, ours = Plan.objects.current(), own_title()
        if there is not None and there.title != ours:
            raise CommandError(OTHER_PLAN.format(there, ours))
        plan, count = load_plan_text()
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
        return plan, count


def _content(file: str) -> bytes:
    """The bytes of the file, unless it cannot be read or is no form of ours."""
    try:
        if Path(file).stat().st_size > SHEET.size:
            raise CommandError(TOO_LARGE.format(file))
        return Path(file).read_bytes()
    except OSError as error:
        raise CommandError(
            UNREAD.format(
                file,
                error.strerror,
            )
        ) from None
