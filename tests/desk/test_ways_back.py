"""Whoever narrowed a list down finds it so again: list → what is listed → the list as it was."""

import html
import re
from urllib.parse import quote

import pytest
import time_machine
from django.test import RequestFactory

from foundation.accounts.models import Department, User
from foundation.accounts.navigation import onward, way_back
from headquarters.organisation.models import Holding, Post, Project
from headquarters.organisation.roster.choices import Duty
from measures.models import Measure
from tests.people import START
from tests.sample_town import load_town
from tests.test_architecture import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.pure, pytest.mark.standing_town]
TEMPLATES = ROOT / "templates"


@pytest.fixture
def clerk(sign_in):
    """The secretariat at the desk, a roster and a project in the town."""
    load_town()
    department, measure = Department.objects.first(), Measure.objects.get(number=2)
    post = Post.objects.create(duty=Duty.MEMBER, title="委員課長", department=department)
    Holding.objects.create(post=post, name="委員 一郎", valid_from=START)
    years = {"first_year": 2026, "last_year": 2027}
    Project.objects.create(measure=measure, name="事業", department=department, **years)
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield sign_in(User.objects.get(username="jimukyoku"))


LISTS = (  # the list as it was narrowed down, what of it is opened
    ("/kpis/?grade=D", r"/kpis/[0-9]+-[0-9]+/"),
    ("/kpis/?measure=2&department=&grade=&state=asked", r"/kpis/2-[0-9]+/"),
    ("/kpis/?at=2026-10&sort=-rate", r"/kpis/[0-9]+-[0-9]+/"),
    ("/roadmap/milestones/?all=1", r"/roadmap/milestones/[0-9]+/"),
    ("/dashboard/milestones/?show=late", r"/roadmap/milestones/[0-9]+/"),
    ("/roadmap/?measure=2&year=2026", r"/roadmap/steps/[0-9]+/"),
    ("/roadmap/?measure=2&year=2026", r"/measures/2/roadmap/"),
    ("/plan/checks/?show=all", r"/plan/checks/[0-9]+/"),
    ("/plan/organisation/projects/?measure=2", r"/plan/organisation/projects/[0-9]+/"),
    ("/plan/organisation/projects/?year=2026", r"/plan/organisation/projects/new/"),
    ("/plan/organisation/?past=1", r"/plan/organisation/posts/[0-9]+/"),
    ("/plan/organisation/?past=1", r"/plan/organisation/holders/[0-9]+/"),
    ("/accounts/users/?department=&active=1&words=", r"/accounts/users/[0-9]+/"),
    ("/kpis/entry/2026-11/?show=all&department=", r"/kpis/entry/2026-11/[0-9]+-[0-9]+/"),
    ("/kpis/months/?year=2026", r"/kpis/months/2026-10/"),
    ("/meetings/", r"/meetings/[0-9]+/"),
    ("/reviews/", r"/reviews/[a-z0-9-]+/"),
)


def links(page):
    """Every address to which a page leads."""
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', page.content.decode())]


@pytest.mark.parametrize(("narrowed", "opened"), LISTS)
def test_the_list_is_found_again_as_it_was_narrowed_down(narrowed, opened, clerk):
    wanted = [each for each in links(clerk.get(narrowed)) if re.match(rf"{opened}(?:\?|#|$)", each)]
    assert wanted, narrowed
    page = clerk.get(wanted[0])
    assert page.status_code == 200
    crumbs = re.search(r'class="dx-crumbs.*?</(?:p|nav)>', page.content.decode(), re.DOTALL)
    assert crumbs
    back = [each.partition("#")[0] for each in links_of(crumbs[0])]
    assert narrowed in back, (wanted[0], back)


def links_of(text):
    """Every address in a piece of a page."""
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', text)]


def test_after_saving_one_stands_before_the_list_as_it_was(clerk):
    narrowed = "/plan/organisation/projects/?measure=2"
    one = f"/plan/organisation/projects/{Project.objects.get().pk}/?next={quote(narrowed)}"
    form = clerk.get(one).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = clerk.post(one, typed)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == narrowed


ELSEWHERE = (  # what stands in the address
    "https://example.com/kpis/?grade=D",
    "//example.com/kpis/",
    "/\\example.com/kpis/",
    "javascript:alert(1)",
    "/measures/?x=1",
    "/kpis/1-1/",
    "kpis/?grade=D",
    "\x00/kpis/",
    "",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_breadcrumb_leads_to_its_own_list_only(target):
    request = RequestFactory().get("/kpis/5-3/", {"next": target})
    assert way_back(request, "/kpis/?at=2026-10") == "/kpis/?at=2026-10"


def test_only_a_narrowed_list_is_carried_along():
    ask = RequestFactory().get
    assert onward(ask("/kpis/"), "/kpis/5-3/") == "/kpis/5-3/"
    assert onward(ask("/kpis/?grade=D"), "/kpis/5-3/") == "/kpis/5-3/?next=%2Fkpis%2F%3Fgrade%3DD"
    assert onward(ask("/kpis/?a=b"), "/x/?at=1#k") == "/x/?at=1&next=%2Fkpis%2F%3Fa%3Db#k"
    assert onward(ask("/kpis/", {"words": "あ" * 400}), "/kpis/5-3/") == "/kpis/5-3/"
    further = ask("/kpis/5-3/", {"next": "/kpis/?grade=D"})
    assert onward(further, "/kpis/5-3/targets/").endswith("?next=%2Fkpis%2F%3Fgrade%3DD")


TOPS = {  # pages to which menu, header or footer leads, and pages without a signed-in person
    *("desk/home.html", "desk/headquarters.html", "desk/viewer.html", "desk/history.html"),
    *("desk/handover.html", "desk/search.html", "reports/dashboard.html", "reports/list.html"),
    *("reports/indicator_list.html", "measures/list.html", "measures/plan.html"),
    *("roadmap/roadmap.html", "kpi/entry.html", "kpi/closed.html", "kpi/months.html"),
    *("meetings/meetings.html", "meetings/present.html", "reviews/cycles.html"),
    *("organisation/base.html", "accounts/users.html", "feeds/tokens.html"),
    *("accounts/login.html", "accounts/lockout.html", "accounts/send_again.html"),
    *("accounts/signed_out.html", "accounts/not_admitted.html"),
    *("desk/words.html", "desk/manual_contents.html"),  # from the footer
}
HEADS = {"meetings/agenda.html", "meetings/minutes.html"}  # theirs is meetings/_paper_head.html


def test_every_page_below_the_top_has_a_breadcrumb():
    bare = set()
    for path in TEMPLATES.glob("*/*.html"):
        text = path.read_text(encoding="utf-8")
        if '{% extends "base.html" %}' in text and "dx-crumbs" not in text:
            bare.add(path.relative_to(TEMPLATES).as_posix())
    assert bare - HEADS == TOPS
