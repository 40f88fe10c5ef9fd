"""`manage.py plan_form FILE [--empty]`.

計画の様式 as a workbook: the plan of the database, or an empty one to be filled in.
"""

from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from headquarters.upkeep.plan_form.drawing import TITLE, plan_workbook
from headquarters.upkeep.plan_form.gathering import empty_rows, rows_of
from measures.models import Plan

NO_PLAN = "計画が読み込まれていません。空の様式は、--empty を付けると書き出せます。"
EXISTS = "「{}」はすでにあります。別の名前にするか、先に消してください。"
DENIED = "「{}」に書けません（{}）。書き込める場所を指定してください。"


class Command(BaseCommand):
    help = "計画の様式（Excel）を書き出します。次の計画や、ほかの計画を読み込むときに使います。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="書き出すファイル（例：plan.xlsx）")
        parser.add_argument(
            "--empty",
            action="store_true",
            help="何も入っていない様式にする",
        )

    def handle(self, *args, file, empty, **options):
        now, path = timezone.now(), Path(file)
        content, name = _form(now, empty=empty)
        if path.exists():
            raise CommandError(EXISTS.format(file))
        try:
            path.write_bytes(content)
        except OSError as error:
            raise CommandError(DENIED.format(file, error.strerror)) from None
        self.stdout.write(f"{TITLE}（{name or '空'}）を {file} に書き出しました。")


def _form(now: datetime, *, empty: bool) -> tuple[bytes, str]:
    """The workbook, and the name of the plan in it."""
    if empty:
        return plan_workbook(empty_rows(), name="", at=now), ""
    plan = Plan.objects.current()
    if plan is None:
        raise CommandError(NO_PLAN)
    rows = rows_of(plan, timezone.localdate(now))
    return plan_workbook(rows, name=plan.title, at=now), plan.title
