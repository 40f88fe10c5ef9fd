"""The entry sheet as a CSV goes out and comes back; so does one that another system wrote."""

import csv
import io

import pytest
import time_machine

from foundation.sheets.csvfile import csv_bytes
from kpi.intake.back.choices import Outcome
from kpi.intake.back.csv_file import NOBODY_KNOWS
from kpi.intake.columns import CODE, ENTRY_COLUMNS
from kpi.intake.csv_columns import BEHIND
from kpi.intake.models import Batch, ReturnedFile
from tests.conftest import MONTH
from tests.kpi.returned_sheets import FIELDS
from tests.kpi.test_intake_pages import close, hand_in, history, save, send, sent, value_of
from tests.kpi.test_intake_report import filled_in, outcomes, previewed
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
NEW, CHANGE, CONFLICT = Outcome.NEW, Outcome.CHANGE, Outcome.CONFLICT
LOCKED, SAME = Outcome.LOCKED, Outcome.UNCHANGED


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def town(soumu, zeimu):
    """総務課 leads measures 1 and 5, 税務課 measure 3."""
    for number, department in ((1, soumu), (5, soumu), (3, zeimu)):
        lead(number, department)


def downloaded(client, department, kind="csv"):
    """The CSV of a department."""
    answer = client.get(f"/kpis/intake/2026-10/sheets/{department.pk}/?format={kind}&anyway=1")
    assert answer["Content-Type"].startswith("text/csv"), page_text(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    return answer.content


def typed(content, cells, encoding="utf-8-sig"):
    """The same with {number: {field: text}} typed into it."""
    rows = list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
    heads = {head: place for place, head in enumerate(rows[0])}
    for row in rows[1:]:
        for name, value in cells.get(row[heads[CODE]].removeprefix("KPI"), {}).items():
            row[heads[ENTRY_COLUMNS[FIELDS.index(name)].header]] = value
    return csv_bytes(rows[0], rows[1:], encoding=encoding)[0]


@pytest.mark.parametrize("kind, encoding", [("csv", "utf-8-sig"), ("cp932", "cp932")])
def test_a_csv_comes_back_as_the_sheet_does(
    kind, encoding, head, staff, secretariat, soumu, sign_in
):
    filled_in(secretariat)
    save(secretariat, "1-2", value=120, note="😀\n=1+1")
    client, stood = sign_in(head), history()
    content = downloaded(client, soumu, kind)
    place, preview = previewed(client, content)
    assert (outcomes(preview), preview.returned.notes) == ({}, ())
    assert client.post(place, {}).status_code == 422
    assert (history(), Batch.objects.count()) == (stood, 0), "untouched: nothing to do"
    assert ReturnedFile.objects.get().department == "総務課"

    cells = {
        "5-3": {"value": "21"},
        "5-2": {"numerator": "30"},
        "1-1": {"value": "36"},
        "1-3": {"denominator": "410"},
        "1-2": {"value": "121"},
    }
    content = typed(content, cells, encoding)
    save(staff, "5-3", value=22)
    client = sign_in(head)
    place, preview = previewed(client, content)
    assert sorted(outcomes(preview).values()) == sorted([CONFLICT, CHANGE, NEW, CHANGE, CHANGE])
    assert "担当 三郎 11月6日 10時00分" in page_text(client.get(place))
    assert client.post(place, {preview.choices[0].name: "file"}).status_code == 302
    values = [value_of(code) for code in ("5-3", "5-2", "1-1", "1-3", "1-2")]
    assert (values[0][0], values[1][1], values[2][0], values[3][2]) == (21, 30, 36, 410)
    assert (values[4][0], values[4][4]) == (121, "😀\n=1+1"), "what was not touched stays"
    assert client.post(f"{place}undo/", {}, page=place).status_code == 302
    assert (value_of("5-3")[0], value_of("1-3")[2]) == (22, 400)


def test_of_another_systems_csv_every_difference_is_asked(head, staff, sign_in):
    save(staff, "5-3", value=18)
    save(staff, "1-1", value=36)
    content = "番号,年月,実績値\r\n5-3,2026-10,21\r\n1-1,,36\r\n1月2日,,9\r\n3-2,,5\r\n9-9,,1\r\n"
    client = sign_in(head)
    place, preview = previewed(client, content.encode("cp932"))
    assert NOBODY_KNOWS in page_text(client.get(place))
    assert (preview.conflicts, preview.taken, preview.unchanged) == (1, 1, 1)
    assert "担当 三郎" in page_text(client.get(place))
    assert [each.before for each in preview.cells if each.is_conflict] == ["－"]
    assert client.post(place, {}).status_code == 422
    assert client.post(place, {preview.choices[0].name: "now"}).status_code == 302
    assert (value_of("5-3")[0], value_of("1-2")[0]) == (18, 9)


@pytest.mark.parametrize("who", ["head", "secretariat"])
@pytest.mark.parametrize("lock", ["closed", "submitted"])
def test_closed_and_handed_in_stay_whatever_the_csv_says(who, lock, soumu, sign_in, request):
    user = request.getfixturevalue(who)
    save(user, "5-3", value=18)
    client = sign_in(user)
    content = typed(downloaded(client, soumu), {"5-3": {"value": "21"}, "1-1": {"value": "3"}})
    close(MONTH) if lock == "closed" else hand_in(soumu)
    stood = history()
    place, preview = previewed(client, content)
    assert sorted(outcomes(preview).values()) == [LOCKED, LOCKED]
    assert client.post(place, {}).status_code == 422
    assert (history(), value_of("5-3")[0], value_of("1-1")) == (stood, 18, None)


def test_rows_of_another_department_stay(head, secretariat, zeimu, sign_in):
    content = downloaded(sign_in(secretariat), zeimu)
    content = typed(content, {"3-1": {"numerator": "5", "denominator": "50"}})
    place, preview = previewed(sign_in(head), content)
    assert set(outcomes(preview).values()) == {LOCKED}
    assert sign_in(head).get(f"/kpis/intake/2026-10/sheets/{zeimu.pk}/?format=csv").status_code in (
        403,
        404,
    )


def test_the_csv_comes_back_with_marks_as_a_csv(head, sign_in):
    client = sign_in(head)
    content = "番号,年月,実績値\r\n5-3,2026-10,3くらい\r\n1-1,,3\r\n".encode()
    place = sent(client, content)
    answer = client.get(f"{place}marked/")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][-2:] == ["印", "印の内容"]
    assert rows[1][-2] == "誤り" and "「3くらい」は数字として読めません" in rows[1][-1]
    assert rows[2][-2:] == ["", ""]
    _, again = previewed(client, answer.content)
    assert (again.refused, again.taken) == (1, 1)
    assert client.get(f"{place}file/").content == content


BROKEN = {
    "a column of 照合 gone": (
        lambda text: text.replace(f"{BEHIND}値の版", "x"),
        "で始まる列が欠け",
    ),
    "another format": (lambda text: text.replace(",kpi_entry,1,", ",kpi_entry,7,"), "形式（7）"),
    "another document": (lambda text: text.replace("kpi_entry", "other"), "で始まる列が欠け"),
    "another month beside it": (
        lambda text: text.replace(",2026年10月分,", ",2026年9月分,", 1),
        "1つの月の行だけ",
    ),
}


@pytest.mark.parametrize("change, why", BROKEN.values(), ids=BROKEN)
def test_a_csv_whose_own_columns_were_changed_is_refused(change, why, head, soumu, sign_in):
    client = sign_in(head)
    content = change(downloaded(client, soumu).decode("utf-8-sig")).encode()
    answer = send(client, content, "様式.csv")
    assert answer.status_code == 422
    assert why in page_text(answer)
    assert not ReturnedFile.objects.exists()


def test_sheets_and_their_months_survive_a_spreadsheet_that_opens_the_csv(head, soumu, sign_in):
    """Nothing in it looks like a day or a number that a spreadsheet would rewrite."""
    rows = list(csv.reader(io.StringIO(downloaded(sign_in(head), soumu).decode("utf-8-sig"))))
    assert all(row[0].startswith("KPI") for row in rows[1:])
    places = [place for place, head in enumerate(rows[0]) if head.endswith("年月")]
    months = {row[place] for row in rows[1:] for place in places}
    assert months == {"2026年10月分"}
