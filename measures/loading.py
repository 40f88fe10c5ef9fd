"""Load the plan's own data from `fixtures/`. Creates what is missing and never overwrites what the
town has changed.

Natural keys: plan title, policy and measure number, section and statistic order, note code,
(object, field) of an open point. Source: fixtures/source/osaki-dx-plan.md by way of
docs/plan-facts.md; nothing is invented.
"""

import json
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from measures.models import (
    BasicPolicy,
    EditorialNote,
    Measure,
    OpenPoint,
    Plan,
    PlanSection,
    TownStatistic,
)


def fixture(name: str):
    """The parsed content of one fixture file."""
    return json.loads((settings.BASE_DIR / "fixtures" / name).read_text(encoding="utf-8"))


def own_title() -> str:
    """The title of the plan that comes with the program."""
    return str(fixture("10_plan.json")["title"])


def add_missing(model, key: dict, values: dict):
    """The row with that natural key, made when it is not there; returns (row, made)."""
    return model.objects.get_or_create(
        **key,
        defaults=values,
    )


def load_plan_text() -> tuple[Plan, int]:
    """Plan, policies, measures, sections, statistics and notes.

    Returns (plan, number of rows made).
    """
    data = fixture("10_plan.json")
    data["adopted_on"] = date.fromisoformat(data["adopted_on"])
    plan, made = add_missing(
        Plan,
        {"title": data.pop("title")},
        data,
    )
    count = int(made) + _policies(plan) + _sections(plan) + _statistics(plan)
    return plan, count + _notes(plan)


def _policies(plan):
    data, count = fixture("20_measures.json"), 0
    for row in data["policies"]:
        count += add_missing(BasicPolicy, {"plan": plan, "number": row.pop("number")}, row)[1]
    policies = {policy.number: policy for policy in plan.policies.all()}
    known = Measure.objects.by_first_number()
    for row in data["measures"]:
        row["policy"] = policies[row["policy"]]
        number = row.pop("number")
        if number not in known:
            count += add_missing(Measure, {"number": number}, row)[1]
    return count


def _sections(plan):
    return sum(
        add_missing(PlanSection, {"plan": plan, "order": row.pop("order")}, row)[1]
        for row in fixture("30_sections.json")
    )


def _statistics(plan):
    count = 0
    for row in fixture("40_statistics.json"):
        row["value"] = Decimal(row["value"])
        count += add_missing(
            TownStatistic,
            {"plan": plan, "order": row.pop("order")},
            row,
        )[1]

    return count


def _notes(plan):
    sections = {section.order: section for section in plan.sections.all()}
    measures = Measure.objects.by_first_number()
    count = 0
    for row in fixture("80_notes.json"):
        place = (
            {"section": sections.get(row["key"])}
            if row["place"] == "section"
            else {"measure": measures.get(row["key"])}
        )
        values = {"plan": plan, "quote": row["quote"], "note": row["note"], **place}
        count += add_missing(
            EditorialNote,
            {"code": row["code"]},
            values,
        )[1]
    return count


def load_open_points(plan: Plan, find) -> int:
    """Open points about any object.

    `find(subject, key)` gives the object (rooms above know theirs).
    """
    count = 0
    for row in fixture("70_open_points.json"):
        subject = find(row.pop("subject"), row.pop("key"))
        key = {
            "subject_type": ContentType.objects.get_for_model(subject),
            "subject_id": subject.pk,
            "field": row.pop("field"),
        }
        count += add_missing(
            OpenPoint, key, {"plan": plan, "subject_label": str(subject).strip(), **row}
        )[1]
    return count
