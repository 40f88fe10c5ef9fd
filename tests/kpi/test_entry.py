"""A month of values: the one door, its locks, its errors, its conflicts, through the screens."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from foundation.records.actions import current_revision
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from kpi import reading
from kpi.actions import Locked, record_value
from kpi.models import (
    Definition,
    Indicator,
    KpiValue,
    Reopening,
    ReportingMonth,
    Submission,
    Target,
)
from kpi.rules.checks import Entry
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)


@pytest.fixture
def month(soumu, zeimu):
    """総務課 leads measures 1 and 5, 税務課 measure 3."""
    lead(1, soumu)
    lead(5, soumu)
    lead(3, zeimu)


def indicator(code="1-2"):
    return Indicator.objects.get(code=code)


def save(by, entry, code="1-2", seen=0, when=MONTH, on=ON, **rest):
    return record_value(
        by=by, indicator=indicator(code), month=when, seen_version=seen, entry=entry, on=on, **rest
    )


def post(client, code="1-2", month=MONTH, **data):
    return client.post(reverse("kpi:value_edit", args=[month, code]), fields(code, **data))


def fields(code, **data):
    """What the row of an indicator posts: every name carries its code."""
    return {
        f"{code}-{name}": value
        for name, value in {"answer": "final", "seen_version": 0, **data}.items()
    }


def test_a_value_is_stored_with_its_history(month, head):
    saved = save(head, Entry(value=Decimal("118")))
    assert saved.changed
    row = KpiValue.objects.get()
    assert (row.value, row.updated_by, row.version) == (118, head, current_revision())
    entry = HistoryEntry.objects.about(indicator())[0]
    assert (entry.before, entry.after["値"], entry.department, entry.on_behalf_of) == (
        {},
        "118",
        "総務課",
        "",
    )


def test_zero_is_a_value_and_blank_is_not(month, head):
    save(head, Entry(value=Decimal(0)))
    assert KpiValue.objects.get().value == 0
    save(head, Entry(), seen=KpiValue.objects.get().version)
    assert not KpiValue.objects.exists()
    entries = HistoryEntry.objects.about(indicator())
    assert (entries[0].before["値"], entries[0].after) == ("0", {})


def test_saving_the_same_again_leaves_no_trace(month, head):
    save(head, Entry(value=Decimal(5)))
    revision, count = current_revision(), HistoryEntry.objects.count()
    assert not save(head, Entry(value=Decimal(5)), seen=KpiValue.objects.get().version).changed
    assert not save(head, Entry(), code="1-3").changed
    assert (current_revision(), HistoryEntry.objects.count()) == (revision, count)


@pytest.mark.parametrize(
    ("code", "entry", "field"),
    [
        ("1-2", Entry(value=Decimal("1.5")), "value"),
        ("1-2", Entry(value=Decimal(-1)), "value"),
        ("1-2", Entry(value=Decimal(10) ** 15), "value"),
        ("1-2", Entry(value=Decimal(1), missing_reason="unmeasurable"), "missing_reason"),
        ("1-2", Entry(note="コメントだけ"), "value"),
        ("5-2", Entry(numerator=Decimal(5)), "denominator"),
        ("5-2", Entry(denominator=Decimal(5)), "numerator"),
        ("5-2", Entry(numerator=Decimal(6), denominator=Decimal(5)), "numerator"),
        ("5-2", Entry(numerator=Decimal(-1), denominator=Decimal(5)), "numerator"),
    ],
)
def test_impossible_entries_are_refused_and_change_nothing(month, head, code, entry, field):
    with pytest.raises(ValidationError) as found:
        save(head, entry, code=code)
    assert field in found.value.message_dict
    assert not KpiValue.objects.exists()


@pytest.mark.parametrize(
    ("when", "word"),
    [
        (date(2026, 3, 1), "計画期間"),
        (date(2030, 4, 1), "計画期間"),
        (date(2026, 12, 1), "まだ始まっていません"),
    ],
)
def test_months_outside(month, head, when, word):
    with pytest.raises(ValidationError, match=word):
        save(head, Entry(value=Decimal(1)), when=when)


def test_a_stale_version_is_a_conflict_with_names(month, head, secretariat):
    save(head, Entry(value=Decimal(398)))
    save(secretariat, Entry(value=Decimal(412)), seen=KpiValue.objects.get().version)
    with pytest.raises(Conflict) as found:
        save(head, Entry(value=Decimal(421)), seen=1)
    assert "事務局 太郎さん" in found.value.sentence
    assert "412" in found.value.sentence
    assert KpiValue.objects.get().value == 412
    with pytest.raises(Conflict):
        save(head, Entry(value=Decimal(1)), seen=0)


def test_a_cleared_value_is_a_conflict_too(month, head, secretariat):
    save(head, Entry(value=Decimal(3)))
    seen = KpiValue.objects.get().version
    save(secretariat, Entry(), seen=seen)
    with pytest.raises(Conflict) as found:
        save(head, Entry(value=Decimal(4)), seen=seen)
    assert "消去" in found.value.sentence


def test_rights(month, head, other_head, staff, viewer, headquarters, secretariat):
    for user in (other_head, viewer, headquarters):
        with pytest.raises(PermissionDenied):
            save(user, Entry(value=Decimal(1)))
    save(staff, Entry(value=Decimal(1)))
    save(secretariat, Entry(value=Decimal(2)), seen=KpiValue.objects.get().version)
    save(secretariat, Entry(numerator=Decimal(2), denominator=Decimal(9)), code="3-1")
    assert HistoryEntry.objects.about(indicator("3-1"))[0].on_behalf_of == "税務課"
    with pytest.raises(PermissionDenied):  # 所管課未定: only the secretariat
        save(head, Entry(value=Decimal(1)), code="8-1")
    save(secretariat, Entry(value=Decimal(1)), code="8-1")


def test_a_submitted_month_is_closed_for_the_department(month, head, secretariat, soumu):
    save(head, Entry(value=Decimal(1)))
    seen = KpiValue.objects.get().version
    for state in ("submitted", "confirmed"):
        Submission.objects.update_or_create(
            department=soumu, month=MONTH, defaults={"state": state, "updated_at": timezone.now()}
        )
        with pytest.raises(Locked, match="提出済み"):
            save(head, Entry(value=Decimal(2)), seen=seen)
        with pytest.raises(Locked, match="理由"):
            save(secretariat, Entry(value=Decimal(2)), seen=seen)
    save(secretariat, Entry(value=Decimal(2)), seen=seen, reason="転記の誤り")
    assert HistoryEntry.objects.about(indicator())[0].reason == "転記の誤り"
    Submission.objects.update(state="returned")
    save(head, Entry(value=Decimal(3)), seen=KpiValue.objects.get().version)


def test_a_closed_month_opens_only_by_an_allowed_exception(month, head, secretariat):
    save(head, Entry(value=Decimal(1)))
    seen = KpiValue.objects.get().version
    ReportingMonth.objects.create(month=MONTH, locked_at=timezone.now())
    for user in (head, secretariat, None):
        with pytest.raises(Locked, match="例外の申請"):
            save(user, Entry(value=Decimal(2)), seen=seen, reason="x")
    allowed = Reopening.objects.create(
        indicator=indicator(),
        month=MONTH,
        state="allowed",
        reason="誤り",
        requested_at=timezone.now(),
        expires_at=timezone.now() - timezone.timedelta(minutes=1),
    )
    with pytest.raises(Locked):
        save(head, Entry(value=Decimal(2)), seen=seen)
    Reopening.objects.filter(pk=allowed.pk).update(
        expires_at=timezone.now() + timezone.timedelta(hours=1)
    )
    assert save(head, Entry(value=Decimal(2)), seen=seen).changed


def test_soft_warnings_save_but_ask_for_a_comment(month, head):
    save(head, Entry(value=Decimal(100)), when=date(2026, 9, 1))
    saved = save(head, Entry(value=Decimal(301)))
    assert "3.0倍" in saved.warnings[0]
    assert KpiValue.objects.get(month=MONTH).value == 301
    seen = KpiValue.objects.get(month=MONTH).version
    assert save(head, Entry(value=Decimal(301), note="催しがあったため"), seen=seen).warnings == []
    incident = save(None, Entry(value=Decimal(1)), code="7-2")
    assert "目標は0" in incident.warnings[0]


# --- the screens --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "data", "word"),
    [
        ("1-2", {"value": "abc"}, "「abc」は数字として読めません"),
        ("1-2", {"value": "－"}, "値なしの理由"),
        ("1-2", {"value": "1.2.3"}, "数字として読めません"),
        ("1-2", {"value": "3くらい"}, "数字として読めません"),
        ("1-2", {"value": "1.5"}, "整数で入力"),
        ("1-2", {"value": "-1"}, "0以上"),
        ("1-2", {"value": "5", "answer": "unmeasurable"}, "同時に保存できません"),
        ("5-2", {"numerator": "9", "denominator": "5"}, "分母（5）より"),
        ("1-2", {"value": "5", "answer": "x"}, "選択"),
        ("1-2", {"value": "5\x00"}, "ヌル文字"),
    ],
)
def test_wrong_input_says_what_to_do_and_keeps_what_was_typed(
    month, head, sign_in, code, data, word
):
    answer = post(sign_in(head), code, **data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert word in text or "数字として読めません" in text
    typed = data.get("value") or data["numerator"]
    assert f'value="{typed}"'.replace("\x00", "") in text.replace("\x00", "")
    assert not KpiValue.objects.exists()


def test_full_width_digits_are_read(month, head, sign_in):
    answer = post(sign_in(head), value="１，２３４件")
    assert answer.status_code == 302
    assert answer["Location"].endswith("#k1-2")
    assert KpiValue.objects.get().value == 1234


def test_htmx_gets_the_row_only(month, head, sign_in):
    client = sign_in(head)
    answer = client.post(
        reverse("kpi:value_edit", args=[MONTH, "1-2"]),
        fields("1-2", value="7"),
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert text.strip().startswith("<tr")
    assert "保存済み" in text
    assert "<html" not in text


def test_a_missing_reason_needs_no_value(month, head, sign_in):
    post(sign_in(head), value="", answer="not_applicable", note="今月は研修なし")
    row = KpiValue.objects.get()
    assert (row.missing_reason, row.value, row.note) == ("not_applicable", None, "今月は研修なし")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(missing_reason="not_applicable"), "：対象外"),
        (Entry(value=Decimal(398), maturity="provisional"), "（暫定）"),
    ],
)
def test_the_page_of_an_indicator_says_what_stands_behind_a_month(
    month, head, sign_in, entry, said
):
    save(head, entry)
    page = sign_in(head).get(reverse("reports:indicator", args=["1-2"]), {"at": "2026-10"})
    row = re.search(r"令和8年10月</th>\s*<td>([^<]*)</td>", page_text(page))
    assert row[1].endswith(said)


def test_a_conflict_shows_both_sides_on_the_page(month, head, secretariat, sign_in):
    save(head, Entry(value=Decimal(398)))
    seen = KpiValue.objects.get().version
    save(secretariat, Entry(value=Decimal(412)), seen=seen)
    answer = post(sign_in(head), value="421", seen_version=seen)
    text = page_text(answer)
    assert answer.status_code == 409
    assert "412" in text
    assert 'value="421"' in text
    assert KpiValue.objects.get().value == 412
    newest = KpiValue.objects.get().version
    assert f'name="1-2-seen_version" value="{newest}"' in text
    post(sign_in(head), value="421", seen_version=newest)
    assert KpiValue.objects.get().value == 421


def test_another_departments_row_is_shown_but_cannot_be_typed_in(month, head, sign_in):
    page = reverse("kpi:entry", args=[MONTH]) + "?department="
    text = sign_in(head).get(page).content.decode()
    assert 'name="1-2-value"' in text
    assert 'name="3-1-numerator"' not in text
    assert "入力できるのは税務課と事務局です" in text


def test_what_the_form_does_not_show_is_not_changed(month, head, sign_in):
    save(
        head,
        Entry(value=Decimal(3), public_note="公表文", as_of=date(2026, 10, 31), follow_up=True),
    )
    post(
        sign_in(head),
        value="4",
        seen_version=KpiValue.objects.get().version,
        public_note="攻撃",
        follow_up="on",
        updated_by="1",
    )
    row = KpiValue.objects.get()
    assert (row.value, row.public_note, row.follow_up, row.as_of) == (
        4,
        "公表文",
        True,
        date(2026, 10, 31),
    )


def fill(count):
    """Values of `count` months of every indicator of kind number."""
    for definition in Definition.objects.filter(kind="number").select_related("indicator"):
        for n in range(count):
            KpiValue.objects.create(
                indicator=definition.indicator,
                month=date(2026, 4 + n, 1),
                value=n,
                version=1,
                updated_at=timezone.now(),
            )


@pytest.mark.parametrize(
    ("address", "limit"),
    [
        ("/kpis/entry/2026-10/", 9),
        ("/kpis/?at=2026-10", 10),
        ("/kpis/1-2/?at=2026-10", 16),
        ("/measures/1/kpis/?at=2026-10", 12),
        ("/dashboard/?at=2026-10", 11),
        ("/", 14),
        ("/roadmap/", 7),
        ("/measures/1/", 17),
        ("/measures/1/roadmap/", 15),
        ("/reports/", 5),
    ],
)
def test_queries_do_not_grow_with_the_values(
    month, head, sign_in, address, limit, django_assert_max_num_queries
):
    client = sign_in(head)
    counts = []
    for _ in range(2):
        client.get(address)
        with django_assert_max_num_queries(limit) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
        if len(counts) == 1:
            fill(7)
    assert counts[0] == counts[1]


def test_a_month_is_judged_by_the_target_in_force_then(month, head):
    for version, value, since in ((1, 120, date(2026, 4, 1)), (2, 60, date(2026, 6, 1))):
        Target.objects.create(
            indicator=indicator(),
            fiscal_year=2026,
            version=version,
            value=value,
            from_month=since,
            reason="見直し" if version > 1 else "",
            created_at=timezone.now(),
        )
    for number in (4, 5, 6):
        save(head, Entry(value=Decimal(10)), when=date(2026, number, 1))
    facts = reading.load(date(2026, 6, 1), on=date(2028, 1, 1), indicator=indicator())[0]
    assert [facts.progress_at(date(2026, number, 1)).expectation for number in (4, 5, 6)] == [
        10,
        20,
        15,
    ]


def test_evidence_is_stored_and_served_as_a_download(month, head, other_head, sign_in):
    save(head, Entry(value=Decimal(1)))
    client = sign_in(head)
    from_disk = SimpleUploadedFile("証拠.pdf", b"%PDF-1.7 <script>")
    url, place = (
        reverse("kpi:evidence_add", args=[MONTH, "1-2"]),
        reverse("reports:indicator", args=["1-2"]),
    )
    client.post(url, {"file": from_disk}, page=f"{place}?at=2026-10")
    page = client.get(place).content.decode()
    assert "証拠.pdf" in page
    file = page.split("/kpis/files/")[1].split("/")[0]
    answer = client.get(f"/kpis/files/{file}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 <script>"
    refused = client.post(
        url, {"file": SimpleUploadedFile("a.exe", b"MZ")}, page=f"{place}?at=2026-10"
    )
    assert "添付できません" in refused.content.decode()


def test_twenty_writers_at_once_lose_nothing(committed, soumu, secretariat):
    """Each of 20 threads adds one to the same cell, retrying on conflict: the sum must be 20."""
    lead(1, soumu)
    target = indicator()

    def add(_):
        try:
            while True:
                row = KpiValue.objects.filter(indicator=target, month=MONTH).first()
                try:
                    record_value(
                        by=secretariat,
                        indicator=target,
                        month=MONTH,
                        seen_version=row.version if row else 0,
                        entry=Entry(value=(row.value if row else Decimal(0)) + 1),
                        on=ON,
                    )
                except Conflict:
                    continue
                return 1
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(20))) == 20
    assert KpiValue.objects.get().value == 20
    assert HistoryEntry.objects.about(target).count() == 20


def test_the_page_of_an_indicator_says_how_it_is_counted(secretariat, sign_in):
    Definition.objects.filter(indicator__code="1-2").update(formula_text="電子申請の件数を数える")
    page = sign_in(secretariat).get(reverse("reports:indicator", args=["1-2"]))
    assert "電子申請の件数を数える" in page.content.decode()
