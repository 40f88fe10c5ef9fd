"""Sample departments, leads and accounts."""

import csv
from datetime import date, datetime

from django.conf import settings

from foundation.accounts.actions import create_user
from foundation.accounts.models import Department, Membership, Role
from measures.models import Measure, MeasureLead

START = date(2026, 4, 1)
FILE = "sample-accounts.csv"


def make_departments(data: dict) -> dict:
    """{code: Department}, and the lead of every measure from the plan's first day (a department
    that is there is used).
    """
    found = {
        code: Department.objects.get_or_create(
            code=code, defaults={"name": name, "sort_order": order}
        )[0]
        for order, (code, name) in enumerate(data["departments"], 1)
    }
    for number, code in data["leads"].items():
        MeasureLead.objects.update_or_create(
            measure=Measure.objects.get(number=number),
            starts_on=START,
            defaults={"department": found[code]},
        )
    return found


def make_accounts(data: dict, departments: dict, at: datetime) -> tuple[dict, list]:
    """({username: User}, rows for the accounts file) with fresh random passwords that need not be
    changed.
    """
    users, rows = {}, []
    for username, name, role, code, post in data["accounts"]:
        user, password = create_user(
            by=None, username=username, full_name=name, must_change=False, at=at
        )
        department = departments.get(code)
        Membership.objects.create(
            user=user, department=department, role=role, post=post, valid_from=START
        )
        users[username] = user
        rows.append([username, Role(role).label, department.name if department else "", password])
    return users, rows


def accounts_path():
    """Where the sample accounts are written."""
    return settings.DATA_DIR / FILE


def write_accounts(rows: list) -> None:
    """`<data>/sample-accounts.csv`: username, role, department, password."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    accounts_path().touch(mode=0o600)
    with accounts_path().open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["username", "role", "department", "password"])
        writer.writerows(rows)
    accounts_path().chmod(0o600)
