"""What is measured on: the sample town, or with `--quick` the plan alone, and ten times the values.

Values are added in months outside of the plan, where no page looks: what a page costs must not
depend on them.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from foundation.accounts.models import Department, Membership, Role, User
from foundation.records.models import DataRevision, HistoryEntry
from kpi.models import Indicator, KpiValue
from measures.models import Measure, MeasureLead, Plan

BACKEND = "foundation.accounts.backends.MembershipBackend"
BATCH = 5_000


def prepare(*, quick: bool) -> tuple[User, User]:
    """A portal with data; the person who looks at it, one of a department, and the keeper."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        settings.SQLITE_FILE.touch()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("load_plan", verbosity=0)
    if quick:
        return (_one_department(),) * 2
    call_command("load_sample", verbosity=0)
    people = User.objects
    return people.get(username="jumin-kacho"), people.get(username="jimukyoku")


def _one_department() -> User:
    """Everything in the hands of one department, without values."""
    department = Department.objects.create(code="soumu", name="総務課", sort_order=1)
    plan = Plan.objects.get()
    for measure in Measure.objects.all():
        MeasureLead.objects.create(
            measure=measure, department=department, starts_on=plan.months.first
        )
    person = get_user_model().objects.create_user(
        "tanto", full_name="担当 一郎", must_change_password=False
    )
    for role in (Role.DEPARTMENT_HEAD, Role.SECRETARIAT):
        Membership.objects.create(
            user=person, role=role, department=department, valid_from=plan.months.first
        )
    return person


def client_of(person: User) -> Client:
    """A client in which somebody is signed in."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def grow(times: int, *, most: int | None = None) -> int:
    """Make the values so many times as many as they are (or `most` in all); how many there are."""
    there = KpiValue.objects.count()
    wanted = most or max(there, 100) * times
    rows = islice(_values(), max(0, wanted - there))
    while batch := list(islice(rows, BATCH)):
        KpiValue.objects.bulk_create(batch, ignore_conflicts=True)
    return KpiValue.objects.count()


def remember(number: int) -> int:
    """Have so many entries in the history, or one more, which says ほたる; how many there are."""
    there = HistoryEntry.objects.count()
    number = max(number, there + 1)
    last = DataRevision.objects.get().number
    now = timezone.now()
    DataRevision.objects.update(number=last + number - there)
    for begin in range(there, number, BATCH):
        HistoryEntry.objects.bulk_create(
            HistoryEntry(
                at=now,
                revision=last + 1 + place - there,
                actor_name="担当 一郎",
                action="test.bench",
                subject_label=f"試しの記録 {place}",
                search_words=f"試しの記録 {place}" + " ほたる" * (place == there),
            )
            for place in range(begin, min(begin + BATCH, number))
        )
    return HistoryEntry.objects.count()


def _values() -> Iterator[KpiValue]:
    """Values of months before the plan began and after it ends, as long as anybody wants."""
    plan, now = Plan.objects.get(), timezone.now()
    indicators = list(Indicator.objects.all())
    before = range(plan.months.first.year - 1, 1899, -1)
    after = range(plan.months.last.year + 1, 9999)
    for year in (*before, *after):
        for number in range(1, 13):
            for row in indicators:
                month = date(year, number, 1)
                yield KpiValue(indicator=row, month=month, value=1, version=1, updated_at=now)
