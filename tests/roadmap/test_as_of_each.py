"""The roadmap of several days, read at once, is on each of them what it is when read alone."""

from datetime import date

import pytest

from foundation.accounts.models import FormerDepartmentName
from headquarters.reports.from_roadmap import step_row
from measures.models import FormerMeasureLabel
from roadmap.models import Step
from roadmap.reading import AsOfEach, load
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db]
EARLY, MIDDLE, LATE = DAYS = date(2026, 5, 1), date(2026, 10, 31), date(2026, 11, 20)


def seen(steps):
    """Everything that is said of the steps on a day."""
    return [
        (step_row(view), str(view.row.measure), view.department, view.row.original_first)
        for view in steps
    ]


@pytest.fixture
def town():
    """A town in which on one of the days a step, a measure and a department were otherwise."""
    load_town()
    step = Step.objects.filter(department__isnull=False).first() or Step.objects.first()
    lead = load(EARLY)[0].department
    step.department = step.department or lead
    step.save(update_fields=["department"])
    gone = Step.objects.exclude(pk=step.pk).last()
    gone.valid_until = date(2026, 10, 1)
    gone.save(update_fields=["valid_until"])
    for department in {step.department, lead}:
        FormerDepartmentName.objects.create(
            department=department, until_on=date(2026, 6, 30), name="昔の課"
        )
    FormerMeasureLabel.objects.create(
        measure=step.measure, until_on=MIDDLE, number=91, name="昔の施策", summary="昔"
    )


def test_each_day_is_as_when_it_is_read_alone(town, django_assert_num_queries):
    alone = {day: seen(load(day)) for day in DAYS}
    roadmap = AsOfEach(*DAYS, EARLY)
    with django_assert_num_queries(2):
        together = {day: seen(roadmap(day)) for day in (LATE, EARLY, MIDDLE)}
    assert together == alone
    assert len(together[EARLY]) == len(together[LATE]) + 1
    assert "昔の課" in {row.department for row, *_ in together[EARLY]}
    called = {day: {measure for _, measure, *_ in together[day]} for day in DAYS}
    assert [("91 昔の施策" in called[day]) for day in DAYS] == [True, True, False]


def test_a_day_that_was_not_named_is_read_by_itself(town):
    assert seen(AsOfEach(EARLY, LATE)(MIDDLE)) == seen(load(MIDDLE))
    assert seen(AsOfEach(LATE)(LATE)) == seen(load(LATE))


def test_days_without_a_step(db):
    Step.objects.update(valid_until=date(2026, 4, 1))
    assert AsOfEach(*DAYS)(EARLY) == []
