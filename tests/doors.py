"""Every model × every door → the history entry that tells the change, or no door.

The table, and the ear that holds it against what is written: `with listening() as heard`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection

from foundation.accounts.models import User
from foundation.records.facts import fields_in_words
from foundation.records.models import HistoryEntry

ROOMS = {"foundation", "measures", "kpi", "roadmap", "headquarters"}  # whose models are ours


@dataclass(frozen=True)
class Doors:
    """By which doors rows of a model change: the actions of the entries that tell it.

    Empty is no door. `admin`: may the secretariat look at it there? Nobody writes there.
    """

    portal: str = ""
    imported: str = ""
    pasted: str = ""
    command: str = ""
    admin: bool = False

    def told_by(self, door: str) -> set[str]:
        """The actions that tell a change which came through this door."""
        return set(getattr(self, door).split())


LOADED = "plan.load"
TABLE = {
    "accounts.Department": Doors(portal="accounts.department"),
    "accounts.FormerDepartmentName": Doors(portal="accounts.department"),
    "accounts.User": Doors(
        portal="accounts.user accounts.password",
        imported="accounts.user",
        command="accounts.user accounts.password",
    ),
    "accounts.Membership": Doors(
        portal="accounts.membership",
        imported="accounts.membership",
        command="accounts.membership",
    ),
    "accounts.User_groups": Doors(),
    "accounts.User_user_permissions": Doors(),
    "measures.Plan": Doors(command=LOADED),
    "measures.BasicPolicy": Doors(portal="plan.policy", command=LOADED, admin=True),
    "measures.Measure": Doors(portal="plan.change", command=LOADED, admin=True),
    "measures.Measure_related_departments": Doors(portal="plan.lead"),
    "measures.FormerMeasureLabel": Doors(portal="plan.change"),
    "measures.MeasureLead": Doors(portal="plan.lead"),
    "measures.HandoverNote": Doors(portal="plan.handover"),
    "measures.PlanSection": Doors(command=LOADED, admin=True),
    "measures.EditorialNote": Doors(command=LOADED, admin=True),
    "measures.TownStatistic": Doors(command=LOADED, admin=True),
    "measures.PlanSetting": Doors(portal="plan.setting", command="plan.setting"),
    "measures.OpenPoint": Doors(portal="plan.check", command=LOADED),
    "kpi.Indicator": Doors(portal="plan.change kpi.definition", command=LOADED),
    "kpi.FormerLabel": Doors(portal="plan.change"),
    "kpi.Definition": Doors(portal="plan.change kpi.definition", command=LOADED),
    "kpi.Target": Doors(portal="kpi.target"),
    "kpi.KpiValue": Doors(portal="kpi.value", pasted="kpi.value"),
    "kpi.YearEndForecast": Doors(portal="kpi.forecast"),
    "intake.Batch": Doors(portal="kpi.intake"),
    "intake.BatchUndo": Doors(portal="kpi.intake"),
    "kpi.Submission": Doors(portal="kpi.submission"),
    "kpi.ReturnReason": Doors(portal="kpi.submission"),
    "kpi.ReturnReply": Doors(portal="kpi.submission"),
    "kpi.ReportingMonth": Doors(portal="kpi.month"),
    "kpi.Reopening": Doors(portal="kpi.reopening kpi.month"),
    "roadmap.Step": Doors(portal="roadmap.define", command=LOADED),
    "roadmap.Milestone": Doors(portal="roadmap.define roadmap.milestone"),
    "round_trip.SheetBatch": Doors(portal="roadmap.intake kpi.target_intake"),
    "round_trip.SheetUndo": Doors(portal="roadmap.intake kpi.target_intake"),
    "roadmap.MilestoneUpdate": Doors(portal="roadmap.milestone"),
    "roadmap.Baseline": Doors(portal="roadmap.baseline"),
    "roadmap.BaselineWithdrawal": Doors(portal="roadmap.baseline"),
    "roadmap.BaselineEntry": Doors(portal="roadmap.baseline roadmap.define"),
    "reviews.ReviewCycle": Doors(portal="reviews.cycle"),
    "reviews.Review": Doors(portal="reviews.review reviews.cycle"),
    "reviews.ReviewReturn": Doors(portal="reviews.review"),
    "reviews.KeptFacts": Doors(portal="reviews.review"),
    "organisation.Project": Doors(portal="organisation.project"),
    "organisation.ProjectAmount": Doors(portal="organisation.project"),
    "organisation.Project_steps": Doors(portal="organisation.project"),
    "organisation.Project_indicators": Doors(portal="organisation.project"),
    "organisation.ProjectTeam": Doors(portal="organisation.team"),
    "organisation.ProjectTeam_measures": Doors(portal="organisation.team"),
    "organisation.TeamMember": Doors(portal="organisation.team"),
    "organisation.Sitting": Doors(portal="organisation.team"),
    "organisation.Post": Doors(portal="organisation.roster"),
    "organisation.Holding": Doors(portal="organisation.roster"),
    "reports.Edition": Doors(portal="reports.edition"),
    "reports.FilledForm": Doors(portal="reports.edition"),
    "reports.TownForm": Doors(portal="reports.form"),
    "reports.TownFormUse": Doors(portal="reports.form"),
    "feeds.FeedToken": Doors(portal="feeds.token"),
    "meetings.Meeting": Doors(portal="meetings.meeting meetings.minutes"),
    "meetings.HeldNumbers": Doors(portal="meetings.meeting"),
    "meetings.Attendee": Doors(portal="meetings.minutes"),
    "meetings.AgendaItem": Doors(portal="meetings.agenda meetings.meeting"),
    "meetings.ActionItem": Doors(portal="meetings.action meetings.answer"),
    "meetings.Decision": Doors(portal="meetings.decision"),
    "meetings.DecisionWithdrawal": Doors(portal="meetings.decision"),
    "meetings.RevisedTarget": Doors(portal="meetings.decision"),
    "records.Attachment": Doors(portal="records.attachment"),
}
OF_THEMSELVES = {  # what needs no entry, and why
    "records.HistoryEntry": "is the entry",
    "records.DataRevision": "is moved by each entry",
    "accounts.Session": "who is signed in just now; who came in and left is an AccessRecord",
    "accounts.AccessRecord": "is itself the record of who came in and took which file",
    "records.UsedToken": "a form's token, so that a second press makes no second record",
    "records.SampleLoad": "the mark of the sample; `sample.load` tells that it came",
    "feeds.FeedUse": "is itself the record of how often a token was used, and when",
    "sample.SampleChoice": "whether a first start asks for the sample; no figure, no right",
    "round_trip.SheetFile": "is itself the record of who handed in which file, and when",
    "intake.ReturnedFile": "is itself the record of who handed in which file, and when",
    "desk.Reminder": "is itself the record of who was reminded of what, and when",
}
DONE = (None, 200, 302)  # a command has no status
REPLACE_NOTHING = {  # entries without a before although a row is changed
    "accounts.password": "a password never enters the history",
    LOADED: "counts what came",
}
WRITE = re.compile(r'\s*(INSERT|UPDATE|DELETE)\b(?: OR \w+)?(?: INTO| FROM)?\s+"?(\w+)"?')


def our_models():
    """Every model of our rooms, tables between two models included."""
    rows = apps.get_models(include_auto_created=True)
    return [model for model in rows if model.__module__.split(".")[0] in ROOMS]


LABELS = {model._meta.db_table: model._meta.label for model in our_models()}


# Listening.


@dataclass
class Heard:
    """What was written meanwhile, and what the history says of it."""

    status: Any = None
    writes: set[tuple[str, str]] = field(default_factory=set)
    entries: list[HistoryEntry] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    @property
    def labels(self) -> set[str]:
        """The models of which rows were written."""
        return {label for _, label in self.writes}


@contextmanager
def listening():
    """`with listening() as heard:` the writes to our tables, and the new entries after it."""
    heard = Heard()

    def note(execute, sql, params, many, context):
        done = WRITE.match(sql)
        if done and done[2] in LABELS:
            heard.writes.add((done[1], LABELS[done[2]]))
        return execute(sql, params, many, context)

    newest = HistoryEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with connection.execute_wrapper(note):
        yield heard
    heard.entries = list(HistoryEntry.objects.filter(id__gt=newest).order_by("id"))


def faults_of(heard: Heard, door: str, by: User | None) -> list[str]:
    """What is wrong with what was heard at a door, in words."""
    wrong = []
    for verb, label in sorted(heard.writes):
        if label in OF_THEMSELVES or is_a_sign_in(heard, verb, label):
            continue
        actions = TABLE[label].told_by(door)
        telling = [entry for entry in heard.entries if entry.action in actions]
        if not actions:
            wrong.append(f"{verb} {label}: the table knows no such door")
        elif not telling:
            said = [entry.action for entry in heard.entries]
            wrong.append(f"{verb} {label}: no entry of {sorted(actions)}, but {said}")
        else:
            wrong += lacking(verb, label, telling, by)
    return wrong


def is_a_sign_in(heard: Heard, verb: str, label: str) -> bool:
    """The time of the sign-in before is written beside the line of the trail that tells it."""
    told = ("INSERT", "accounts.AccessRecord") in heard.writes
    return told and (verb, label) == ("UPDATE", "accounts.User") and not heard.entries


def lacking(verb: str, label: str, telling: Iterable[HistoryEntry], by: User | None) -> list[str]:
    """Who, before and after of the entries that tell one write; what of it is not there."""
    wrong = []
    for entry in telling:
        if entry.actor != by or entry.actor_name != (by.display_name if by else "システム"):
            wrong.append(f"{label}: {entry.action} is by {entry.actor_name}")
        if not entry.subject_label or not entry.at:
            wrong.append(f"{label}: {entry.action} says neither what nor when")
        if entry.before == entry.after:
            wrong.append(f"{label}: {entry.action} changes nothing: {entry.after}")
    if verb != "DELETE" and not any(entry.after for entry in telling):
        wrong.append(f"{verb} {label}: no after")
    return wrong


def lacks_before(heard: Heard, door: str) -> list[str]:
    """Models of which rows only changed or went, told by entries that say nothing of before."""
    wrong = []
    made = {label for verb, label in heard.writes if verb == "INSERT"}
    for label in heard.labels - made - set(OF_THEMSELVES):
        actions = TABLE[label].told_by(door)
        telling = [entry for entry in heard.entries if entry.action in actions]
        if telling and not any(
            entry.before or entry.action in REPLACE_NOTHING for entry in telling
        ):
            wrong.append(f"{label}: no before")
    return wrong


def gone_through(door: str, acts: dict[str, Callable[[], Heard]], by: User | None):
    """({act: what is wrong with it}, {model: actions that told it}) of all acts of a door."""
    faults, told = {}, defaultdict(set)
    for name, act in acts.items():
        heard = act()
        wrong = faults_of(heard, door, by) + lacks_before(heard, door) + heard.untold
        if heard.status not in DONE:
            wrong.append(f"answered {heard.status}")
        if wrong:
            faults[name] = wrong
        for label in heard.labels - set(OF_THEMSELVES):
            told[label] |= {entry.action for entry in heard.entries}
    return faults, {label: said & TABLE[label].told_by(door) for label, said in told.items()}


def named_by(door: str) -> dict[str, set[str]]:
    """{model: the actions that tell it} for which the table names this door."""
    return {label: doors.told_by(door) for label, doors in TABLE.items() if doors.told_by(door)}


# What changed in a row that stood already: each field of it is in the entry.

STAMPS = re.compile(r"_(at|by|revision|login)$|^(version|round|password|must_change_password)$")
IN_THE_ENTRY = {"reason"}  # has a place of its own there


def standing_rows() -> dict:
    """{model: {pk: its columns as the database gives them}} of the table's models now."""
    found = {}
    with connection.cursor() as cursor:
        for model in our_models():
            if model._meta.label in TABLE:
                sql, params = model._base_manager.order_by().query.sql_with_params()
                cursor.execute(sql, params)
                place = model._meta.concrete_fields.index(model._meta.pk)
                found[model] = {row[place]: row for row in cursor.fetchall()}
    return found


def changed_fields(before: dict, after: dict):
    """(row, field) of what differs in rows that stood before and stand now; stamps apart."""
    for model, rows in after.items():
        stood = before[model]
        for pk in [pk for pk in rows if pk in stood and stood[pk] != rows[pk]]:
            row = model._base_manager.get(pk=pk)
            for column, was, now in zip(
                model._meta.concrete_fields, stood[pk], rows[pk], strict=True
            ):
                if STAMPS.search(column.name) or column.name in IN_THE_ENTRY or was == now:
                    continue
                yield row, column.name


def untold(before: dict, after: dict, entries: list[HistoryEntry]) -> list[str]:
    """Fields that changed and of which no entry says the new content, in words."""
    labels = {label for entry in entries for label in (*entry.before, *entry.after)}
    texts = {str(text) for entry in entries for text in entry.after.values()}
    wrong = []
    for row, name in changed_fields(before, after):
        for label, text in fields_in_words(row, [name]).items():
            if label not in labels and str(text) not in texts:
                wrong.append(f"{row._meta.label}.{name}: nobody is told of {text}")
    return wrong
