"""What nobody sends by hand costs and breaks nothing: huge texts, odd methods, odd months."""

import time
from datetime import date

import pytest
import time_machine
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from foundation.accounts.actions import edit_user
from foundation.accounts.importing import read
from foundation.accounts.names import plain_name
from foundation.accounts.sessions import Session
from foundation.japanese.calendar import parse_date, read_month
from foundation.japanese.numbers import NumberError, parse_decimal
from foundation.sheets.texts import drawn
from kpi.entry.forms import reason_said
from kpi.models import Indicator
from osaki_dx.middleware import QuietSessions
from tests.pages import page_text
from tests.people import PASSWORD
from tests.test_permissions import RULES, address, people  # noqa: F401  (a fixture)

SALLALLAHU = "\ufdfa" * 1_000_000  # one sign of these becomes eighteen in NFKC
NOW = "2026-11-06 01:00+00:00"


@pytest.mark.pure
@pytest.mark.parametrize(
    "reader",
    [parse_decimal, parse_date, read_month, plain_name, reason_said],
    ids=lambda reader: reader.__name__,
)
def test_a_million_signs_are_not_read(reader):
    def spent(text):
        start = time.perf_counter()
        for _ in range(20):
            try:
                reader(text)
            except (NumberError, ValueError) as error:
                assert len(str(error)) < 100
        return time.perf_counter() - start

    copying = time.perf_counter()
    for _ in range(20):
        SALLALLAHU.upper()
    copied = time.perf_counter() - copying
    assert spent(SALLALLAHU) < copied / 2


@pytest.mark.django_db
def test_a_huge_cell_of_an_import_is_refused(soumu):
    rows, errors = read(f"kato,加藤,{SALLALLAHU[:100_000]},担当者", today=date(2026, 11, 6))
    assert rows == []
    assert "長すぎるセル" in errors[0]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.django_db
def test_other_methods_are_not_allowed(method, secretariat, sign_in):
    client = sign_in(secretariat)
    for place in ("/", reverse("accounts:login"), reverse("kpi:definition", args=["1-2"])):
        answer = client.generic(method, place)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD, POST"


MONTHS = [name for name, (arguments, *_) in RULES.items() if any(
    isinstance(part, date) for part in arguments
)]  # fmt: skip


@pytest.mark.parametrize(
    "month", ["9999-12", "0001-01", "1026-10", "2026-00", "2026-13", "2200-04"]
)
@pytest.mark.parametrize("name", MONTHS)
@pytest.mark.django_db
def test_months_at_the_edge_are_not_there(name, month, people, client):  # noqa: F811
    users, places = people
    client.force_login(
        users["secretariat"], backend="foundation.accounts.backends.MembershipBackend"
    )
    url = address(name, places).replace("2026-10", month)
    answers = (client.get(url), client.post(url, {"reason": "x"}, bare=True))
    assert {answer.status_code for answer in answers} <= {404, 405}


@pytest.mark.parametrize("query", ["month=9999-12", "month=0001-01", "month=x", "month=2026-10-01"])
@pytest.mark.parametrize(
    "place", ["/dashboard/", "/kpis/", "/kpis/1-2/", "/kpis/1-2/targets/", "/roadmap/"]
)
@pytest.mark.django_db
def test_months_in_a_query_break_nothing(place, query, secretariat, sign_in):
    assert sign_in(secretariat).get(f"{place}?{query}").status_code in (200, 404)


@pytest.mark.pure
def test_labels_of_charts_are_text():
    figure = {
        "data": [{"name": '<a href="//evil">1</a>', "hovertemplate": "%{text}<extra></extra>"}],
        "layout": {"annotations": [{"text": "<b>x</b>"}], "range": [-0.5, 11.5], "shown": True},
    }
    shown = drawn(figure)
    assert shown["data"][0]["name"] == '&lt;a href="//evil">1&lt;/a>'
    assert shown["data"][0]["hovertemplate"] == "%{text}<extra></extra>"
    assert shown["layout"] == {
        "annotations": [{"text": "&lt;b>x&lt;/b>"}],
        "range": [-0.5, 11.5],
        "shown": True,
    }


@pytest.mark.django_db
def test_a_unit_with_markup_reaches_the_chart_as_text(secretariat, sign_in):
    row = Indicator.objects.get(code="1-2")
    row.definitions.update(unit="<b>件</b>")
    text = sign_in(secretariat).get("/kpis/1-2/?at=2026-10").content.decode()
    chart = text.split('type="application/json"')[1].split("</script>")[0]
    assert "\\u0026lt;b" in chart
    assert "\\u003Cb" not in chart


@pytest.mark.django_db
def test_who_is_admitted_again_signs_in_again(secretariat, head, client):
    with time_machine.travel(NOW, tick=False):
        data = {"username": "soumu-kacho", "password": PASSWORD}
        assert client.post(reverse("accounts:login"), data).status_code == 302
        assert Session.objects.count() == 1
        for admitted in (False, True):
            edit_user(by=secretariat, user=head, full_name=head.full_name, is_active=admitted)
            assert client.get("/").status_code == 302
        assert not Session.objects.exists()


@pytest.mark.django_db
def test_wrong_old_passwords_count(head, client):
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("accounts:login"), {"username": "soumu-kacho", "password": PASSWORD})
        url = reverse("accounts:password_change")
        new = {"new_password1": "atarashii-kotoba-9", "new_password2": "atarashii-kotoba-9"}
        statuses = [
            client.post(url, {"old_password": f"chigau-{number}", **new}, bare=True).status_code
            for number in range(6)
        ]
        assert statuses[:4] == [422] * 4
        assert statuses[-1] == 429
        head.refresh_from_db()
        assert head.check_password(PASSWORD)


@pytest.mark.parametrize("fault", [OperationalError, SessionInterrupted])
@pytest.mark.parametrize(("method", "fails"), [("get", False), ("post", True)])
def test_a_page_does_not_fail_because_of_its_session(fault, method, fails, monkeypatch):
    def broken(self, request, response):
        raise fault("database is locked")

    monkeypatch.setattr(QuietSessions.__mro__[1], "process_response", broken)
    page = QuietSessions(lambda request: HttpResponse("seen"))
    request = getattr(RequestFactory(), method)("/")
    if fails:
        with pytest.raises(fault):
            page(request)
    else:
        assert page(request).content == b"seen"


@pytest.mark.django_db
def test_the_page_of_the_own_password_says_what_is_wrong(head, sign_in):
    answer = sign_in(head).post(reverse("accounts:password_change"), {"old_password": "x"})
    assert answer.status_code == 422
    assert "いまのパスワードが違います" in page_text(answer)
