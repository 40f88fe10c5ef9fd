"""What comes with a sheet is what its own tables say."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from foundation.accounts.models import User
from foundation.records.models import Attachment
from headquarters.organisation.models import ActionItem, Project, ProjectTeam, Sitting
from headquarters.reviews.actions import facts_now
from headquarters.reviews.beside import before_of, files_of, on_page, returns_of
from headquarters.reviews.kept import kept_of
from headquarters.reviews.models import Review, ReviewCycle, ReviewReturn
from tests.sample_town import load_town

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 5, 1, 2, 3, 456789, UTC)


@pytest.fixture
def sheet():
    """A sheet of the town with several of everything beside it."""
    load_town()
    one = Review.objects.select_related("measure").get(cycle__code="2026-mid", measure__number=1)
    person, item = User.objects.get(username="jimukyoku"), ActionItem.objects.first()
    team = ProjectTeam.objects.create(name="甲チーム", starts_on=date(2026, 4, 1))
    for day, state in (
        (date(2025, 9, 1), "closed"),
        (date(2026, 5, 1), "closed"),
        (date(2025, 8, 1), "open"),
        (date(2026, 6, 1), "withdrawn"),
    ):
        sitting = Sitting.objects.create(team=team, held_on=day)
        ActionItem.objects.create(
            sitting=sitting,
            measure=one.measure,
            department=item.department,
            text=f"{day}の指示",
            due_on=date(2026, 12, 1),
            state=state,
            answer="済" if state == "closed" else "",
            answered_at=AT if state == "closed" else None,
        )
    for years, name in (
        ((2026, 2027), "今年から"),
        ((2025, 2026), "昨年から"),
        ((2027, 2028), "来年"),
    ):
        project = Project.objects.create(
            measure=one.measure,
            name=name,
            department=item.department,
            first_year=years[0],
            last_year=years[1],
        )
        for year in years:
            project.amounts.create(fiscal_year=year, budget=year, settled=None)
    for reason in ("先の理由", "後の理由"):
        ReviewReturn.objects.create(
            review=one, round=0, from_state="submitted", reason=reason, by=person, at=AT
        )
        Attachment.objects.create(
            subject=one,
            file=f"{reason}.pdf",
            name=reason,
            content_type="application/pdf",
            size=7,
            sha256="0" * 64,
            uploaded_by=person,
            uploaded_at=AT,
        )
    return one


def said(found):
    """What a page says of rows."""
    return [
        (row.pk, getattr(row, "reason", None) or row.name, row.by if hasattr(row, "by") else None)
        for row in found
    ]


def test_what_comes_with_a_sheet_is_what_its_tables_say(sheet):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        rows = list(on_page(Review.objects.full()))
        alone = {row.pk: row for row in Review.objects.full()}
        for row in rows:
            other = alone[row.pk]
            assert facts_now(row).sheet == facts_now(other).sheet
            assert [vars_of(kept) for kept in kept_of(row)] == [
                vars_of(kept) for kept in kept_of(other)
            ]
    (row,) = (row for row in rows if row.pk == sheet.pk)
    told = [item.text for item in facts_now(row).sheet.instructions]
    assert "2025-09-01の指示" not in told and "2026-06-01の指示" not in told
    assert {"2025-08-01の指示", "2026-05-01の指示"} <= set(told)
    projects = [(line.name, line.budget, line.settled) for line in facts_now(row).sheet.projects]
    assert projects == [("昨年から", 2026, None), ("今年から", 2026, None)]
    assert said(returns_of(row)) == said(sheet.returns.all())
    assert [each.at for each in returns_of(row)][:2] == [AT, AT]
    assert said(files_of(row)) == said(Attachment.objects.beside(sheet))


def vars_of(kept):
    """The columns of what was kept."""
    return {field.name: getattr(kept, field.attname) for field in kept._meta.concrete_fields}


def test_the_sheet_before_comes_along(sheet):
    plan = sheet.cycle.plan
    later = ReviewCycle.objects.create(
        plan=plan,
        code="2026-end",
        name="年度末",
        fiscal_year=2026,
        as_of=date(2027, 3, 1),
        asked_on=date(2027, 4, 5),
        due_on=date(2027, 4, 20),
        fixed_on=date(2027, 5, 20),
    )
    after = Review.objects.create(cycle=later, measure=sheet.measure)
    (row,) = on_page(Review.objects.full().filter(pk=after.pk))
    before, seen = before_of(row), Review.objects.before(sheet.measure, later.as_of).first()
    assert (str(before.cycle), before.next_action) == (str(seen.cycle), seen.next_action)
    assert before.get_next_direction_display() == seen.get_next_direction_display()
    assert before.headquarters_grade == seen.headquarters_grade
    (first,) = on_page(Review.objects.full().filter(pk=sheet.pk))
    assert before_of(first) is None
