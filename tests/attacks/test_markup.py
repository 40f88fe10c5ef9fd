"""What people write stays a text: on every page, in every workbook, CSV and public edition.

A mark that begins like a formula and breaks out of any quotation stands in every column of text of
the sample town; then whoever sees most goes through all pages and takes every file.
"""

import html
import io
import re
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.urls import Resolver404, resolve
from openpyxl import Workbook

from foundation.accounts.models import User
from foundation.records.actions import record_change
from headquarters.reports.actions import close_month
from kpi.models import Indicator
from measures.models import Measure
from tests.attacks.marks import MARK, broken_out, formula_cells, formulas, in_file, put_marks
from tests.attacks.watching import listed
from tests.conftest import MONTH
from tests.sample_town import load_town
from tests.walking import LINK, pages, place_of

pytestmark = [pytest.mark.pure, pytest.mark.django_db, pytest.mark.standing_town]
NOW = "2026-11-27 01:00+00:00"
NAMED = re.compile(r"filename\*?=(?:utf-8'')?\"?([^\";]+)", re.IGNORECASE)
LIKE_A_FILE = ("format=", "/workbook/", "/files/", "/sheet/", "/public/", "/example/", "/annual/")


@pytest.fixture
def marked(client):
    """The town with marks, and the secretariat at a browser."""
    load_town()
    with time_machine.travel(NOW, tick=False):
        clerk = User.objects.get(username="jimukyoku")
        Indicator.objects.update(published=True)
        marks = put_marks()
        record_change(
            by=clerk,
            subject=Measure.objects.first(),
            action="plan.change",
            before={f"={MARK}": f"={MARK}"},
            after={f"={MARK}": f"+{MARK}"},
            reason=f"@{MARK}",
        )
        client.force_login(clerk, backend="foundation.accounts.backends.MembershipBackend")
        yield clerk, marks, client


def files_of(pages_seen: list[tuple[str, str]]) -> list[str]:
    """The addresses of files to which these pages lead; one of each kind."""
    known: dict[tuple, str] = {}
    for here, text in pages_seen:
        for link in LINK.findall(text):
            address = html.unescape(link).partition("#")[0]
            address = urlsplit(here).path + address if address.startswith("?") else address
            if place_of(link, here) and not any(part in address for part in LIKE_A_FILE):
                continue
            try:
                view = resolve(urlsplit(address).path).view_name
            except Resolver404:
                continue
            query = dict(parse_qsl(urlsplit(address).query))
            known.setdefault((view, query.get("format"), query.get("list")), address)
    return list(known.values())


def taken(client, address: str) -> tuple[str, bytes]:
    """(name, content) of a download; ("", b"") where there is none."""
    answer = client.get(address)
    said = answer.headers.get("Content-Disposition", "")
    if answer.status_code != 200 or not said:
        return "", b""
    assert not re.search(r"[\r\n]|\.\./", said), said
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return NAMED.search(said)[1].lower(), body


def test_what_people_write_stays_a_text_everywhere(marked, tmp_path):
    clerk, marks, client = marked
    assert len(marks) > 60
    seen = list(pages(client, at_most=1))
    faults = {place: wrong for place, text in seen if (wrong := broken_out(text))}
    kinds = set()
    for address in files_of(seen):
        name, content = taken(client, address)
        kinds.add(name.rpartition(".")[2])
        if wrong := in_file(name, content):
            faults[address] = wrong
    close_month(by=clerk, month=MONTH, on=date(2026, 11, 27), reason=f"={MARK}")
    bundle = tmp_path / "public.zip"
    call_command("publish_edition", f"{MONTH:%Y-%m}", "--out", str(bundle), verbosity=0)
    faults |= (
        {"public edition": wrong} if (wrong := in_file(bundle.name, bundle.read_bytes())) else {}
    )
    assert not faults, listed(faults)
    assert {"xlsx", "csv"} <= kinds
    assert sum("xs onxs" in html.unescape(text) for _, text in seen) > 50, "the marks are not shown"


SEEN = {  # that the eyes of this test are open
    "a tag": (broken_out, "<p><xs onxs=1></p>"),
    "an attribute": (broken_out, '<p title="a" onxs=1>x</p>'),
    "an address": (broken_out, '<a href="javascript:alert(1)">x</a>'),
    "a template": (broken_out, "&lt;xs onxs=1>49"),
    "a cell of a CSV": (formula_cells, f'a,"={MARK.replace(chr(34), chr(34) * 2)}"\r\n'.encode()),
}


@pytest.mark.parametrize("kind", SEEN)
def test_a_mark_that_breaks_out_is_noticed(kind):
    look, given = SEEN[kind]
    assert look(given)


def test_a_formula_in_a_workbook_is_noticed():
    book, out = Workbook(), io.BytesIO()
    book.active["A1"] = '="<xs onxs=1>"&1'
    book.save(out)
    assert formulas(out.getvalue())
