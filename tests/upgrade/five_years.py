"""Five years of a portal, told once: the town's database of the first release is brought up to
today, used through the plan's four years, handed over each April, restored in another database, and
an empty one begins with the plan after.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import time_machine
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from foundation.accounts.actions import create_user, save_membership
from foundation.accounts.models import Department, Membership, Role, User
from foundation.accounts.transfers import Transfer, transfer_people
from foundation.japanese.calendar import month_span
from foundation.records import guards
from headquarters.reports.actions import close_month
from headquarters.reports.editions import report_of
from headquarters.reports.models import Edition
from headquarters.upkeep.plan_form.drawing import plan_workbook
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from measures.models import Plan
from osaki_dx.keeping import restore
from osaki_dx.keeping.package import Package
from tests.keeping.places import everything, place_in, sqlite_in
from tests.upkeep.invented import TITLE, invented

YEARS = (2026, 2027, 2028, 2029)
CODE = "1-1"  # the latest value counts
REACHED = (Decimal(41), Decimal(56), Decimal(66), Decimal(90))  # of the sample's 40, 55, 70 and 80
PATHS = ("/", "/dashboard/", "/kpis/", "/roadmap/", "/handover/", "/plan/")


def moment_of(day: date) -> datetime:
    """Noon of a day in Japan."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def keeper() -> User:
    """Who keeps the plan now."""
    today = timezone.localdate()
    row = Membership.objects.on(today).filter(role=Role.SECRETARIAT).order_by("-valid_from").first()
    assert row is not None
    return row.user


def a_year(year: int, figure: Decimal, client) -> None:
    """April: the keeper leaves and another comes. A year later: its March entered and closed."""
    with time_machine.travel(moment_of(date(year + 1, 4, 1)), tick=False) as clock:
        taken_over(year + 1)
        clock.move_to(moment_of(date(year + 1, 4, 8)))
        march, today = date(year + 1, 3, 1), timezone.localdate()
        by = keeper()
        row = Indicator.objects.get(code=CODE)
        stored = dict(KpiValue.objects.filter(indicator=row).values_list("month", "version"))
        entry = Entry(value=figure, note="1年を見直した値")
        for month in month_span(date(year, 11 if year == 2026 else 4, 1), march):
            version = stored.get(month, 0)
            record_value(
                by=by, indicator=row, month=month, seen_version=version, entry=entry, on=today
            )
        close_month(by=by, month=march, on=today, reason="ほかの指標は調査中")
        client.force_login(by, backend="foundation.accounts.backends.MembershipBackend")
        for path in PATHS:
            assert client.get(path).status_code == 200, (year, path)


def taken_over(year: int) -> None:
    """On 1 April one keeper begins and the one of before leaves; the work stays with the post."""
    before, day = keeper(), timezone.localdate()
    user, _ = create_user(by=before, username=f"keeper{year}", full_name=f"後任 {year}")
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.refresh_from_db()
    office = Department.objects.get(memberships=before.memberships.on(day).first())
    save_membership(
        by=before,
        membership=Membership(
            user=user, department=office, role=Role.SECRETARIAT, post="係長", valid_from=day
        ),
    )
    (done,) = transfer_people(by=user, people=[before], transfer=Transfer(day))
    assert done.ended
    assert not User.objects.get(pk=before.pk).is_active


def judged() -> dict[int, tuple]:
    """{fiscal year: (grade or why there is none, rate)} as its March was closed."""
    told = {}
    for year in YEARS:
        report = report_of(Edition.objects.newest(date(year + 1, 3, 1)))
        row = next(row for row in report.indicators if row.code == CODE)
        told[year] = (row.grade or row.not_judged, row.rate)
    return told


def moved(made, folder) -> tuple[dict, list]:
    """The backup in an empty SQLite elsewhere: its rows, and what doctor finds at the guards."""
    folder.mkdir()
    with override_settings(**place_in(folder)), sqlite_in(folder) as line:
        with Package(made.path) as package:
            restore.restore(package)
        return everything(), guards.faults(line)


def begun_anew(folder) -> str:
    """An empty database with the plan after; its title."""
    folder.mkdir()
    file = folder / "next.xlsx"
    file.write_bytes(plan_workbook(invented(), name=TITLE, at=timezone.now()))
    (folder / "portal.sqlite3").touch()
    with override_settings(**place_in(folder)), sqlite_in(folder):
        call_command("migrate", verbosity=0)
        call_command("load_plan", str(file), verbosity=0)
        return Plan.objects.current().title
