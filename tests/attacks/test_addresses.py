"""What no page offers, in every address and query: never a 500, no text that becomes a statement.

Edges of the calendar, huge numbers, digits of other scripts, half characters, NUL, SQL; the names
of a query are those that the page itself knows. A seeded handful in every run. What is typed into
forms: `tests.attacks.test_every_door`.
"""

import re
from contextlib import contextmanager
from io import BytesIO
from itertools import cycle, repeat
from random import Random
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection

from tests.attacks.hostile import DEEP, FORM, SQL, TEXTS
from tests.attacks.watching import entered, watched
from tests.conftest import MONTH
from tests.test_at_once import NOW, PRESSES, browsers, clerk, found_town, sent
from tests.test_permissions import RULES, address, people  # noqa: F401

HALF = "%ED%A0%80"  # a lone surrogate, as bytes in an address or a form
CODED = (quote(text, errors="surrogatepass") for text in TEXTS)
HARD = (*CODED, HALF, f"2026-10{HALF}", "%00", "%FF%FE", "%C0%AF", "%", "+")
SEED = 18
ASKED = ("month", "at", "edition", "slide", "department", "show", "a", "b", "from", "to", "measure",
         "kind", "year", "grade", "state", "format", "page", "sort", "all", "words", "since",
         "until",
         "close", "next", "view", "q", "answer", "list", "per_page")  # fmt: skip
OTHERS = ("head", "viewer")


@contextmanager
def told(caplog):
    """What `watched` finds, and what was told as a meeting of two writers."""
    with watched() as found:
        yield found
    found += [
        record.getMessage() for record in caplog.records if record.name == "osaki_dx.middleware"
    ]


def asked_of(page: str) -> list[str]:
    """The names that the page itself puts into an address or a form."""
    known = re.findall(r'[?;&](\w+)=|\bname="([\w-]+)"', page)
    return sorted({name for pair in known for name in pair if name} - {"csrfmiddlewaretoken"})


def hard_paths(name, places, dice):
    """The address with a hard text in the place of each of its arguments."""
    url = address(name, places)
    parts = url.split("/")
    own = {str(places.get(key, key)) for key in RULES[name][0]} | {f"{MONTH:%Y-%m}"}
    for number, part in enumerate(parts):
        if part in own:
            text = dice.choice(HARD).replace("/", "%2F")
            yield "/".join([*parts[:number], text, *parts[number + 1 :]])


def hard_pairs(names, dice, count):
    """Names and hard texts as in a query or a form."""
    return "&".join(f"{dice.choice(names)}={dice.choice(HARD)}" for _ in range(count))


def askers(users):
    """Without end: who asks at the next address.

    Who may do everything, which reaches every statement; on one database one of the others too, in
    turn, or all of them (`run.py test --deep`).
    """
    first = entered(users["secretariat"])
    if connection.vendor != "sqlite":
        return repeat([first])
    others = [*(entered(users[role]) for role in OTHERS), entered(None)]
    return repeat([first, *others]) if DEEP else cycle([first, other] for other in others)


@pytest.mark.filterwarnings("ignore:Use '__' to separate")  # tables2, of a point in `sort`
@pytest.mark.django_db
def test_no_edge_in_an_address_or_a_query_breaks_a_page(people, caplog):  # noqa: F811
    users, places = people
    dice, doors = Random(SEED), sorted(set(RULES) - {"accounts:logout"})
    with told(caplog) as found:
        for name, clients in zip(doors, askers(users), strict=False):
            url = address(name, places)
            names = [*asked_of(clients[0].get(url).content.decode(errors="replace")), *ASKED]
            for number, client in enumerate(clients):
                sql = f"sort={quote(dice.choice(SQL))}&{dice.choice(names)}={quote(SQL[0])}"
                query = f"{url}?{hard_pairs(names, dice, 3)}&{sql}"
                asked = [query, *hard_paths(name, places, dice)]
                for place in asked if number == 0 else [dice.choice(asked)]:
                    assert client.get(place).status_code < 500, place
                place, body = asked[-1], hard_pairs(names, dice, 2)
                assert client.post(place, body, content_type=FORM).status_code < 500, (place, body)
    assert found == []


@pytest.fixture
def town(db):
    with time_machine.travel(NOW, tick=False):
        yield found_town()


# Another encoding than UTF-8: Python knows some with which half characters come in, or nothing.

STRANGE = ("unicode_escape", "utf-7", "utf-16", "hex", "rot13", "idna", "punycode", "undefined",
           "shift_jis", "nothing-such", "UTF-8", '"utf8"')  # fmt: skip
PARTS = "multipart/form-data; boundary=x"
PLACES = ("/history/?words=", "/accounts/login/?next=", "/nothing/?x=")
HALVES = "%5Cud800&actor=%2B2AA-&words=%E8%AA%B2"
PART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800\r\n--x--\r\n'


@pytest.fixture
def one_connection(db):
    """The application leaves the connection of the test open, as under the test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def served(place, method, content_type, cookie):
    """The status with which the application itself answers, as under a server."""
    path, _, query = place.partition("?")
    answered = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query,
               "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(PART)),
               "HTTP_COOKIE": cookie, "wsgi.input": BytesIO(PART)}  # fmt: skip
    setup_testing_defaults(environ)
    answer = get_wsgi_application()(environ, lambda status, headers: answered.append(status))
    b"".join(answer)
    answer.close()
    return int(answered[0].split()[0])


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("encoding", STRANGE)
def test_another_encoding_breaks_nothing(encoding, secretariat, sign_in, caplog):
    signed_in = f"sessionid={sign_in(secretariat).cookies['sessionid'].value}"
    named = [f"{FORM}; charset={encoding}", f"{PARTS}; charset={encoding}",
             f"; x*={encoding}''%41", f"{PARTS}; charset*={encoding}''%41"]  # fmt: skip
    with told(caplog) as found:
        for place in PLACES:
            for kind in named:
                for method in ("GET", "POST"):
                    status = served(place + HALVES, method, kind, signed_in)
                    assert status < 500, (place, method, kind)
    assert found == []


@pytest.mark.pure
def test_a_form_is_read_in_utf_8_whatever_it_says():
    environ = {"wsgi.input": BytesIO(PART), "CONTENT_LENGTH": str(len(PART)),
               "REQUEST_METHOD": "POST", "QUERY_STRING": "words=%E8%AA%B2",
               "CONTENT_TYPE": "multipart/form-data; charset=utf-7; BOUNDARY=x"}  # fmt: skip
    setup_testing_defaults(environ)
    request = WSGIHandler.request_class(environ)
    assert request.GET["words"] == "課"
    assert request.POST["text"] == "\\ud800"


@pytest.mark.parametrize(
    "name", ["filename*=unicode_escape''%5Cud800.pdf", "filename*=hex''%41.pdf",
             "filename*=utf-8''%ED%A0%80.pdf", "filename*=x''%41", 'filename="\x00.pdf"',
             'filename="../../a.pdf"', 'filename="' + "9" * 5000 + '.pdf"'],
)  # fmt: skip
def test_no_name_of_a_file_breaks_its_upload(name, town, caplog):
    press, (browser,) = PRESSES["kpi:evidence_add"], browsers([clerk()])
    fields = {key: value for key, value in sent(browser, press).items() if key != "file"}
    parts = [f'form-data; name="{key}"\r\n\r\n{value[0]}' for key, value in fields.items()]
    parts.append(f'form-data; name="file"; {name}\r\n\r\n%PDF-1.7 x')
    body = "".join(f"--x\r\nContent-Disposition: {part}\r\n" for part in parts) + "--x--\r\n"
    with told(caplog) as found:
        status = browser.generic("POST", press.url(), body, content_type=PARTS).status_code
    assert status in (302, 400, 422)
    assert found == []
