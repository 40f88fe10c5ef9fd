"""Sign-in by the town's directory: whose name the trusted proxy has proved, and nobody else."""

import pytest
from django.urls import reverse

from foundation.accounts.directory.names import PROVED, user_name_of
from foundation.accounts.models import Membership, User
from foundation.accounts.trail.choices import Event
from foundation.accounts.trail.models import AccessRecord
from osaki_dx.directory import OnlyFromTheProxy
from tests.pages import page_text
from tests.people import PASSWORD, make_user

HEADER, PROXY = "HTTP_X_REMOTE_USER", "10.9.0.1"
YAMADA = r"OSAKI\soumu-kacho"


@pytest.fixture
def open_as(settings, client):
    """`open_as(proved name, path)` → the page, as the proxy hands on what it has proved."""
    settings.REMOTE_USER, settings.TRUSTED_PROXY = HEADER, PROXY

    def ask(said=YAMADA, path="/kpis/", **given):
        return client.get(path, **{PROVED: said} if said else {}, **given)

    return ask


def who(page):
    user = page.wsgi_request.user
    return user.get_username() if user.is_authenticated else ""


def told():
    return [(row.event, row.name) for row in AccessRecord.objects.order_by("id")]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("said", "name"),
    [
        (r"OSAKI\yamada", "yamada"),
        ("yamada@osaki.local", "yamada"),
        (r"OSAKI\yamada@osaki.local", "yamada"),
        ("yamada", "yamada"),
        (" yamada ", "yamada"),
        ("yamada, jimukyoku", ""),
        ("yamada jimukyoku", ""),
        (r"A\B\yamada", ""),
        ("yamada@a@b", ""),
        ("OSAKI\\", ""),
        ("@osaki.local", ""),
        ("(null)", "(null)"),
        ("y" * 400, ""),
        ("", ""),
    ],
)
def test_the_name_without_its_domain(said, name):
    assert user_name_of(said) == name


@pytest.mark.django_db
@pytest.mark.parametrize("said", [YAMADA, "SOUMU-KACHO@osaki.local", "soumu-kacho"])
def test_who_is_proved_is_in_at_the_first_page(open_as, head, said):
    page = open_as(said)
    assert (page.status_code, who(page)) == (200, "soumu-kacho")
    assert "総務 花子" in page_text(page)
    again = open_as(said)
    assert again.status_code == 200
    assert told() == [(Event.SIGNED_IN, "soumu-kacho")]
    assert AccessRecord.objects.get().detail == "庁内の認証"


@pytest.mark.django_db
def test_a_user_name_with_an_at_sign_is_that_very_user(open_as, head):
    make_user("soumu-kacho@osaki.local", "同じ 名前", "viewer")
    assert who(open_as("soumu-kacho@osaki.local")) == "soumu-kacho@osaki.local"


@pytest.mark.django_db
def test_nobody_is_asked_for_a_password_that_is_used_for_nothing(open_as, client, head):
    User.objects.update(must_change_password=True)
    assert open_as().status_code == 200
    page = client.get(reverse("accounts:password_change"), **{PROVED: YAMADA}, follow=True)
    assert "ポータルのパスワードは使いません" in page_text(page)


@pytest.mark.django_db
def test_a_lock_out_of_the_sign_in_form_does_not_keep_out_who_is_proved(open_as, client, head):
    for _ in range(6):
        client.post(reverse("accounts:login"), {"username": "soumu-kacho", "password": "falsch"})
    assert who(open_as()) == "soumu-kacho"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "why"),
    [
        (r"OSAKI\dareka", "この利用者名は、ポータルに登録されていません。"),
        ("soumu-kacho, jimukyoku", "この利用者名は、ポータルに登録されていません。"),
        (r"OSAKI\yoso", "登録はありますが、今日の所属がありません。"),
        (r"OSAKI\yameta", "この利用者は、利用停止になっています。"),
        ("<script>alert(1)</script>", "この利用者名は、ポータルに登録されていません。"),
    ],
)
def test_who_may_not_come_in_is_told_why_and_whom_to_ask(open_as, secretariat, stranger, said, why):
    User.objects.filter(pk=make_user("yameta", "退職 済", "viewer").pk).update(is_active=False)
    for path in ("/kpis/", reverse("accounts:login")):
        page = open_as(said, path)
        assert page.status_code == 403
        assert why in page_text(page)
        assert "事務局（総務課デジタル推進係）" in page_text(page)
        assert "<script>alert" not in page.content.decode()
        assert who(page) == ""
    (row,) = AccessRecord.objects.all()  # once, however often the page is opened
    assert (row.event, why in row.detail) == (Event.REFUSED, True)


@pytest.mark.django_db
def test_who_loses_the_last_membership_is_out_at_the_next_sign_in(open_as, client, head):
    assert open_as().status_code == 200
    client.logout()
    Membership.objects.filter(user=head).update(valid_until="2026-04-02")
    assert open_as().status_code == 403


@pytest.mark.django_db
def test_another_name_at_the_same_browser_is_another_session(open_as, head, secretariat):
    assert who(open_as()) == "soumu-kacho"
    assert who(open_as(r"OSAKI\jimukyoku")) == "jimukyoku"
    assert told() == [
        (Event.SIGNED_IN, "soumu-kacho"),
        (Event.SIGNED_OUT, "soumu-kacho"),
        (Event.SIGNED_IN, "jimukyoku"),
    ]
    assert open_as(r"OSAKI\dareka").status_code == 403
    assert open_as("").status_code == 302  # nobody is left signed in


@pytest.mark.django_db
def test_a_form_that_is_sent_after_the_session_ended_is_taken(open_as, client, head):
    page = open_as(path="/accounts/me/")
    assert page.status_code == 200
    client.cookies.pop("sessionid")
    answer = client.post("/accounts/logout/", **{PROVED: YAMADA})
    assert answer.status_code == 302


@pytest.mark.django_db
def test_signing_out_says_what_it_means(open_as, client, head):
    open_as()
    answer = client.post(reverse("accounts:logout"), **{PROVED: YAMADA})
    assert answer["Location"] == reverse("accounts:signed_out")
    page = open_as(path=answer["Location"])
    assert who(page) == ""
    assert "Windows からもログアウトしてください" in page_text(page)
    assert who(open_as(path="/kpis/")) == "soumu-kacho"


@pytest.mark.django_db
def test_the_sign_in_form_still_serves_who_comes_without_a_name(open_as, client, head):
    assert open_as("").status_code == 302
    data = {"username": "soumu-kacho", "password": PASSWORD}
    assert client.post(reverse("accounts:login"), data).status_code == 302
    assert client.post(reverse("accounts:logout"))["Location"] == reverse("accounts:login")


@pytest.mark.django_db
def test_without_the_setting_nothing_of_it_is_there(client, head, settings):
    settings.REMOTE_USER = ""
    for sent in ({PROVED: YAMADA}, {HEADER: YAMADA}, {"REMOTE_USER": YAMADA}):
        assert client.get("/kpis/", **sent).status_code == 302


@pytest.mark.django_db
def test_a_header_alone_means_nothing_to_the_pages(open_as, client, head):
    """What only the server's edge may set cannot be sent: headers come as HTTP_…"""
    for name in (HEADER, "REMOTE_USER", "HTTP_REMOTE_USER", f"HTTP_{PROVED.upper()}"):
        assert client.get("/kpis/", **{name: YAMADA}).status_code == 302


@pytest.mark.pure
@pytest.mark.parametrize(
    ("header", "proxy", "sender", "believed"),
    [
        (HEADER, PROXY, PROXY, True),
        (HEADER, PROXY, "10.1.0.5", False),
        (HEADER, PROXY, f"{PROXY}0", False),
        (HEADER, "", PROXY, False),
        (HEADER, "", "", False),
        ("", PROXY, PROXY, False),
    ],
)
def test_only_the_trusted_proxy_is_believed(settings, header, proxy, sender, believed):
    settings.REMOTE_USER, settings.TRUSTED_PROXY = header, proxy
    seen = {}
    edge = OnlyFromTheProxy(lambda environ, start: seen.update(environ) or [])
    edge({HEADER: "yamada", PROVED: "jimukyoku", "REMOTE_ADDR": sender}, None)
    assert seen.get(PROVED) == ("yamada" if believed else None)
    assert not header or HEADER not in seen
