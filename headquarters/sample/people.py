"""What happened to the people of the sample, and the file with their accounts."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from django.conf import settings

from foundation.accounts.actions import move_user, save_department
from foundation.accounts.models import Department, User
from foundation.accounts.trail.actions import remember_sign_in
from headquarters.sample.story import Event, Story

FILE = "sample-accounts.csv"


def changes(story: Story) -> Iterator[Event]:
    """A department that is renamed, somebody who is transferred, and the sign-ins."""
    yield from _renamings(story)
    yield from _transfers(story)
    yield from _sign_ins(story)


def _renamings(story: Story) -> Iterator[Event]:
    names = dict(story.town.data["departments"])
    for code, renamed in story.town.data["renamed"].items():
        department = story.town.departments[code]
        month = max(story.month(renamed["months"]), story.plan.months.first)
        if department.name == renamed["before"]:
            at = story.within(month.replace(day=renamed["day"]), 8, 30)
            yield Event(at, partial(_rename, story, department, names[code]))


def _rename(story: Story, department: Department, name: str, at: datetime) -> None:
    department.name = name
    story.town.departments[department.code] = save_department(
        by=story.town.keeper, department=department, at=at
    )


def _transfers(story: Story) -> Iterator[Event]:
    for told in story.town.data["moves"]:
        when = told[-1]
        day = story.month(when["months"]).replace(day=when["day"])
        if day > story.plan.months.first:
            yield Event(story.within(day, 8, 40), partial(_transfer, story, told, day))


def _transfer(story: Story, told: list, day: date, at: datetime) -> None:
    username, role, code, post, _ = told
    department = story.town.departments[code]
    move_user(
        by=story.town.keeper,
        user=story.town.users[username],
        department=department,
        role=role,
        post=post,
        starts_on=day,
        at=at,
    )
    row = next(row for row in story.town.accounts if row[0] == username)
    row[2] = department.name


def _sign_ins(story: Story) -> Iterator[Event]:
    for number, user in enumerate(story.town.users.values()):
        for distance, day in story.town.data["sign_ins"]:
            if story.has(story.month(distance)):
                at = story.within(story.day(distance, day), 8 + number % 3, 5 * number + 4)
                yield Event(at, partial(_sign_in, user))


def _sign_in(user: User, at: datetime) -> None:
    user.refresh_from_db(fields=["last_login"])
    remember_sign_in(user=user, at=at)
    User.objects.filter(pk=user.pk).update(last_login=at)


def accounts_path():
    """Where the sample accounts are written."""
    return settings.DATA_DIR / FILE


def read_accounts() -> list[dict[str, str]]:
    """The sample accounts as they were written ([] when there are none)."""
    if not accounts_path().exists():
        return []
    with accounts_path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_accounts(rows: list[list[str]]) -> None:
    """`<data>/sample-accounts.csv`: username, role, department, password."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    accounts_path().touch(mode=0o600)
    with accounts_path().open(
        "w",
        encoding="utf-8-sig",
        newline="",
    ) as file:
        writer = csv.writer(file)
        writer.writerow(["username", "role", "department", "password"])
        writer.writerows(rows)
    accounts_path().chmod(0o600)
