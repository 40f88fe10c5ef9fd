"""One table: every model × every door → the history entry that tells the change, or no door.

A door is a way by which rows of the town change: the pages of the portal, an import, a paste, a
command, Django's admin. Each door that the table names is gone through with the database listened
to: whatever is written stands in the table and left its entry, with before, after and who. What
the table does not name is not written, whatever is pressed.
"""

from datetime import date

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command, get_commands
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from foundation.accounts.admin import ReadOnly
from foundation.accounts.models import Department, User
from headquarters.reports.models import TownForm
from headquarters.reviews.models import ReviewCycle
from headquarters.sample.source import account_names, read_source
from headquarters.upkeep.plan_changes import KINDS
from kpi.models import Indicator, KpiValue, Submission
from kpi.reading import load
from measures.models import OpenPoint
from roadmap.milestone_planning import create_milestone
from roadmap.models import Milestone, Step
from tests.doors import (
    LABELS,
    OF_THEMSELVES,
    TABLE,
    Heard,
    gone_through,
    listening,
    named_by,
    our_models,
    standing_rows,
    untold,
)
from tests.people import PASSWORD
from tests.test_at_once import (
    CHANGE,
    NOW,
    OCTOBER,
    PRESSES,
    SHEET,
    Press,
    browsers,
    clerk,
    found_town,
    measure,
    meeting,
    sent,
    soumu,
    to,
    typed,
)
from tests.test_permissions import RULES, address, people  # noqa: F401


@pytest.mark.pure
def test_the_table_names_every_model_and_no_other():
    assert not set(TABLE) & set(OF_THEMSELVES)
    assert set(TABLE) | set(OF_THEMSELVES) == set(LABELS.values())


# The portal: every press of the table of presses, and what those leave out.


def point_of(code):
    """The last open point of one kind."""
    kind, name = code.split(".")
    rows = OpenPoint.objects.filter(subject_type__model=kind, field=name, settled_at=None)
    return rows.latest("pk")


def settling(code, **texts):
    """Settle the last open point of a kind on its page."""

    def data():
        row = point_of(code)
        return {f"p{row.pk}-{name}": text() if callable(text) else text
                for name, text in texts.items()}  # fmt: skip

    return Press(to("upkeep:check_settle", lambda: point_of(code).pk), data, {})


def handed_in():
    Submission.objects.filter(month=OCTOBER).delete()
    Submission.objects.create(
        department_id=soumu(), month=OCTOBER, state="submitted", updated_at="2026-11-19T00:00Z"
    )


def sent_back():
    """The month of 総務課, whole and sent back without a change since."""
    for facts in load(OCTOBER, on=date(2026, 11, 20)):
        if facts.definition.responsible_id != soumu():
            continue
        ratio = facts.definition.kind == "ratio"
        numbers = {"numerator": 1, "denominator": 2} if ratio else {"value": 3}
        KpiValue.objects.update_or_create(
            indicator=facts.indicator,
            month=OCTOBER,
            defaults={"version": 1, "updated_at": timezone.now(), "note": "済み", **numbers},
        )
    standing(state="returned", round=1)


def confirmed():
    standing(state="confirmed")


def standing(**fields):
    row = Submission.objects.filter(month=OCTOBER, department_id=soumu())
    row.update(returned_at=timezone.now(), returned_by=clerk(), **fields)


def a_planned_cycle_in_time():
    ReviewCycle.objects.filter(code="2026-end").update(as_of=date(2026, 9, 1))


def transition(name, **data):
    return Press(
        to("reviews:sheet_transition", "2026-mid", 1), typed(transition=name, **data), {}, SHEET
    )


def rows_to_update():
    return list(Milestone.objects.filter(state="not_started").order_by("pk")[:2])


def some_milestones():
    step = Step.objects.get(measure__number=1, order=1)
    for number in (1, 2):
        create_milestone(
            by=clerk(), step=step, name=f"まとめて{number}", planned_on=date(2026, 12, number)
        )


def moved_milestone():
    return Milestone.objects.filter(state="not_started").values_list("pk", flat=True).first()


def bulk():
    rows = rows_to_update()
    return {
        "state": "in_progress",
        "pick": [row.pk for row in rows],
        **{f"version-{row.pk}": str(row.version) for row in rows},
    }


FURTHER = {
    "upkeep:plan_changes rename": Press(
        to("upkeep:plan_changes", query="?kind=rename-measure"),
        typed(
            measure=lambda: measure(3).pk,
            name="公金収納",
            summary="概要",
            effective_on="R9.4.1",
            **CHANGE,
        ),
        {},
    ),
    "upkeep:plan_changes rename indicator": Press(
        to("upkeep:plan_changes", query="?kind=rename-indicator"),
        typed(
            indicator=lambda: Indicator.objects.get(code="1-3").pk,
            name="言い換えた指標",
            month="2026-12",
            **CHANGE,
        ),
        {},
    ),
    "measures:lead_edit related": Press(
        to("measures:lead_edit", 3),
        typed(
            department=soumu,
            starts_on="R8.11.1",
            related=lambda: [Department.objects.get(code="zeimu").pk],
        ),
        {},
    ),
    "meetings:decide target": Press(
        to("meetings:decide", lambda: meeting().pk),
        lambda: {
            "text": "目標を改める",
            f"pick-t{Indicator.objects.get(code='1-2').pk}-2026": "on",
            f"t{Indicator.objects.get(code='1-2').pk}-2026": "1500",
            "from_month": "2026-12",
            "confirm": "1",
        },
        {},
    ),
    "meetings:decide baseline": Press(
        to("meetings:decide", lambda: meeting().pk),
        lambda: {
            "text": "工程を改める",
            f"pick-m{moved_milestone()}": "on",
            f"m{moved_milestone()}": "R9.3.30",
            "confirm": "1",
        },
        {},
        ready=lambda: moved_milestone() or some_milestones(),
    ),
    "kpi:submission_edit return": Press(
        to("kpi:submission_edit", OCTOBER),
        lambda: {"transition": "return", "department": str(soumu()), "reason": "確かめてください"},
        {},
        to("kpi:month", OCTOBER),
        ready=handed_in,
    ),
    "kpi:value_edit cleared": Press(
        to("kpi:value_edit", OCTOBER, "1-2"), lambda: {"1-2-value": "", "alone": "1"}, {}
    ),
    "kpi:submission_edit reply": Press(
        to("kpi:submission_edit", OCTOBER),
        lambda: {"transition": "submit", "department": str(soumu()), "reply": "確かめました"},
        {},
        lambda: f"{reverse('kpi:month', args=[OCTOBER])}?department={soumu()}",
        ready=sent_back,
    ),
    "kpi:submission_edit reconsider": Press(
        to("kpi:submission_edit", OCTOBER),
        lambda: {"transition": "reconsider", "department": str(soumu()), "reason": "数え直す"},
        {},
        lambda: f"{reverse('kpi:month', args=[OCTOBER])}?department={soumu()}",
        ready=confirmed,
    ),
    "reviews:sheet_transition return": transition("return", reason="書き足してください"),
    "reviews:sheet_transition submit again": transition("submit"),
    "reviews:sheet_transition check": transition("check"),
    "reviews:sheet_transition grade": transition("grade", grade="B", comment="続けること"),
    "reviews:sheet_transition regrade": transition("regrade", grade="A", comment="よくやった"),
    "reviews:cycle open": Press(
        to("reviews:cycle", "2026-end"), typed(open="1"), {}, ready=a_planned_cycle_in_time
    ),
    "reviews:cycle close": Press(
        to("reviews:cycle", "2026-end"), typed(close="1", reason="照会をやめる"), {}
    ),
    "upkeep:check_settle reopen": Press(
        to("upkeep:check_settle", lambda: OpenPoint.objects.exclude(settled_at=None).first().pk),
        typed(reopen="1"),
        {},
        to("upkeep:checks", query="?show=settled"),
    ),
    "roadmap:milestone_bulk": Press(
        to("roadmap:milestone_bulk"), bulk, {}, to("roadmap:milestones"), ready=some_milestones
    ),
    "settle a policy": settling("basicpolicy.target", answer="municipality"),
    "settle a lead": settling("measure.lead_department", answer=soumu, starts_on="R8.11.1"),
    "settle a span": settling("step.span", answer="R8.12", last_month="R9.2"),
    "settle what is published": settling("indicator.published", answer="1"),
    "use the town's form again, so that the closing fills it": Press(
        to("reports:town_form_preview", lambda: TownForm.objects.get(name="使う様式.xlsx").pk),
        typed(),
        {"reports.form": 1},
    ),
    "accounts:password_change": Press(
        to("accounts:password_change"),
        typed(
            old_password=PASSWORD,
            new_password1="atarashii-kotoba-9",
            new_password2="atarashii-kotoba-9",
        ),
        {},
    ),
    "accounts:logout": Press(to("accounts:logout"), typed(), {}, to("desk:home")),
    "accounts:login": Press(
        to("accounts:login"), typed(username="jimukyoku", password="atarashii-kotoba-9"), {}
    ),
}
LAST = "reports:close"  # closes the month that the others write in
STANDING = {name: press for name, press in PRESSES.items() if name != LAST}
PRESSED = {**STANDING, **FURTHER, LAST: PRESSES[LAST]}


def pressed(browser, press) -> Heard:
    """Press once, alone."""
    press.ready()
    data, before = sent(browser, press), standing_rows()
    with listening() as heard:
        heard.status = browser.post(press.url(), data, bare=True).status_code
    heard.untold = untold(before, standing_rows(), heard.entries)
    return heard


@pytest.fixture
def town(db):
    with time_machine.travel(NOW, tick=False):
        yield found_town()


@pytest.fixture
def browser(town):
    return browsers([clerk()])[0]


@pytest.mark.pure  # what is told is decided in Python
def test_what_a_page_writes_is_in_the_history(browser):
    acts = {
        name: lambda name=name, press=press: pressed(browser, press)
        for name, press in PRESSED.items()
    }
    faults, told = gone_through("portal", acts, clerk())
    assert faults == {}
    assert told == named_by("portal")


@pytest.mark.pure
def test_every_kind_of_plan_change_is_pressed():
    pressed_kinds = {
        press.url().split("?kind=")[1]
        for name, press in PRESSED.items()
        if name.startswith("upkeep:plan_changes")
    }
    assert pressed_kinds == set(KINDS)


# An import, a paste, commands.


def imported(browser) -> Heard:
    """Two people by the list of users."""
    url = reverse("accounts:user_import")
    text = "sato,佐藤 一,総務課,課長,係長,R8.4.1\nito,伊藤 二,税務課,担当者,,R8.4.1"
    seen = browser.previewed(url, {"text": text})
    with listening() as heard:
        assert browser.post(url, seen, bare=True).status_code == 302
    assert User.objects.filter(username__in=["sato", "ito"]).count() == 2
    return heard


def test_what_an_import_writes_is_in_the_history(browser):
    faults, told = gone_through("imported", {"users": lambda: imported(browser)}, clerk())
    assert faults == {}
    assert told == named_by("imported")


def pasted(browser) -> Heard:
    """Two cells of the grid."""
    data = {"text": "36\n120\n", "start": "1-1", "apply": "1"}
    with listening() as heard:
        answer = browser.post(reverse("kpi:paste", args=[OCTOBER]) + "?show=all", data)
    assert answer.status_code == 302
    return heard


def taken_back(browser) -> Heard:
    """The undo of that paste."""
    with listening() as heard:
        assert browser.post(reverse("kpi:paste_undo", args=[OCTOBER])).status_code == 302
    return heard


def test_what_a_paste_and_its_undo_write_is_in_the_history(browser):
    acts = {"paste": lambda: pasted(browser), "undo": lambda: taken_back(browser)}
    faults, told = gone_through("pasted", acts, clerk())
    assert faults == {}
    assert told == named_by("pasted")


OF_THE_PLAN = ("measures", "kpi", "roadmap")


def ran(name, *arguments) -> Heard:
    """A command, run by whoever keeps the server."""
    with listening() as heard:
        call_command(name, *arguments, verbosity=0)
    return heard


def plan_loaded() -> Heard:
    """`load_plan` into a database without a plan."""
    rows = [model for label in OF_THE_PLAN for model in apps.get_app_config(label).get_models()]
    for model in rows:
        found = model._base_manager.all()
        found._raw_delete(found.db)
    return ran("load_plan", "--first-month", "2026-11")


WRITING = {
    "load_plan": plan_loaded,
    "create_secretariat": lambda: ran("create_secretariat", "hajime"),
    "changepassword": lambda: ran("changepassword", "hajime"),
}
SILENT = {  # commands of ours that leave no entry, and why
    "unload_sample": "what came goes to the letter, the history of it as well; it asks first",
    "remind": "the reminder itself is the record",
    "export_month": "writes a file only",
    "publish_edition": "writes a file only",
    "plan_form": "writes a file only",
    "backup": "writes a file only",
    "restore": "brings the history of the backup, into an empty place",
    "doctor": "only looks",
    "prune_records": "tells of what it ended, in its own test: tests/accounts/test_trail.py",
    "prune_uploads": "removes files that no row speaks of",
    "export_everything": "writes files only",
    "createsuperuser": "is refused",
    "serve": "starts the portal",
    "migrate": "makes and alters tables; what it finds in them stays as it was told",
}
OTHERS = ("django.", "axes", "whitenoise")  # tools of whoever keeps the server


@pytest.mark.pure
def test_every_command_of_ours_is_in_the_table():
    ours = {name for name, room in get_commands().items() if not room.startswith(OTHERS)}
    assert ours == {*WRITING, *SILENT, "load_sample"}


def test_what_a_command_writes_is_in_the_history(db, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda *args, **options: "machi-no-yakuba-8")
    with time_machine.travel(NOW, tick=False):
        faults, told = gone_through("command", WRITING, None)
    assert faults == {}
    assert told == named_by("command")


@pytest.mark.pure  # what is told is decided in Python
def test_the_sample_is_told_as_if_its_people_had_been_at_the_screens(db):
    heard = ran("load_sample", "--until", "2026-07")
    said = {entry.action for entry in heard.entries}
    written = heard.labels - set(OF_THEMSELVES)
    assert len(written) > 20
    for label in written:
        doors = TABLE[label]
        assert said & (doors.told_by("portal") | doors.told_by("command")), label
    own = set(account_names(read_source()))
    assert {entry.actor.username for entry in heard.entries if entry.actor} <= own


def test_the_silent_commands_write_nothing_that_needs_an_entry(browser, tmp_path):
    def remind():
        heard = ran("remind", "--on", "2026-11-09")
        assert heard.labels == {"desk.Reminder"}

    def export():
        book = tmp_path / "report.xlsx"
        assert ran("export_month", "2026-10", "--out", str(book)).labels == set()

    def publish():
        bundle = tmp_path / "public.zip"
        assert ran("publish_edition", "2026-10", "--out", str(bundle)).labels == set()

    remind()
    export()
    Indicator.objects.update(published=True)  # what is marked when the month is closed
    pressed(browser, PRESSES[LAST])
    publish()


# No door.


@pytest.mark.pure  # what is told is decided in Python
def test_a_page_that_is_only_read_writes_nothing(people, client):  # noqa: F811
    users, places = people
    client.force_login(
        users["secretariat"], backend="foundation.accounts.backends.MembershipBackend"
    )
    for name in sorted(RULES):
        with listening() as heard:
            client.get(address(name, places))
        of_itself = {"accounts.AccessRecord", "accounts.Session"}  # a file taken; the idle time
        assert heard.labels <= of_itself, name


def admin_addresses(model):
    """The addresses by which Django's admin would write a row, as far as they are there."""
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for page, arguments in (("add", []), ("change", [1]), ("delete", [1]), ("changelist", [])):
        try:
            yield reverse(f"{place}_{page}", args=arguments)
        except NoReverseMatch:
            continue


@pytest.mark.pure
def test_the_admin_shows_what_the_table_says():
    shown = {model._meta.label for model in admin.site._registry}
    assert shown == {label for label, doors in TABLE.items() if doors.admin}
    assert all(isinstance(row, ReadOnly) for row in admin.site._registry.values())


def test_the_admin_is_no_door(browser):
    data = {"name": "x", "post": "yes", "action": "delete_selected", "_selected_action": ["1"]}
    for model in our_models():
        places = list(admin_addresses(model))
        assert bool(places) is (model in admin.site._registry), model
        for place in places:
            with listening() as heard:
                browser.post(place, data, bare=True)
            assert heard.labels <= {"accounts.Session"}, place  # the idle time
