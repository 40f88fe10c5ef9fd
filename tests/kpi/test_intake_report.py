"""The monthly report comes back, its sheet KPIデータ edited, through the door of entry sheets."""

import io
from datetime import date, datetime

import pytest
import time_machine
from openpyxl import load_workbook

from foundation.sheets.bounds import Unreadable
from headquarters.reports.monthly import gather
from headquarters.reports.workbook import assembly
from headquarters.reports.workbook.identity_sheet import TAKEN
from headquarters.reports.workbook.kpi_data import kpi_columns
from kpi.intake.back import any_file, report, returned
from kpi.intake.back.any_file import understand
from kpi.intake.back.choices import Outcome
from kpi.intake.back.report import HEADS, SHEET
from kpi.intake.models import Batch, ReturnedFile
from kpi.models import KpiValue
from tests.conftest import AFTER, MONTH
from tests.kpi.returned_reports import KNOWN, changed, edited, heads_of, line_of, report_of
from tests.kpi.test_intake_pages import close, hand_in, history, save, send, sent, value_of
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
NOW, BEFORE = "2026-10", "2026-09"
NEW, CHANGE, CONFLICT = Outcome.NEW, Outcome.CHANGE, Outcome.CONFLICT
ERROR, LOCKED, SAME = Outcome.ERROR, Outcome.LOCKED, Outcome.UNCHANGED


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def town(soumu, zeimu):
    """総務課 leads measures 1 and 5, 税務課 measure 3."""
    for number, department in ((1, soumu), (5, soumu), (3, zeimu)):
        lead(number, department)


def outcomes(preview):
    """{(what it is, as said): outcome} of what is to be looked at."""
    return {each.what.replace("　", " "): each.cell.outcome for each in preview.to_see}


def previewed(client, content):
    place = sent(client, content)
    return place, client.get(place).context["preview"]


def filled_in(user):
    """Every kind of value: a number with a comment of two lines, a ratio, a reason, a 暫定, and a
    ratio whose numerator is another indicator's.
    """
    save(user, "5-3", value=18, note="一行目\r\n二行目")
    save(user, "5-2", numerator=29, denominator=152, maturity="provisional")
    save(user, "1-1", missing_reason="counting")
    save(user, "1-2", value=120)
    save(user, "1-3", denominator=400)


@pytest.mark.pure
@pytest.mark.parametrize("who", ["head", "secretariat"])
def test_a_report_that_nobody_has_touched_writes_nothing(who, secretariat, sign_in, request):
    filled_in(secretariat)
    client, stood = sign_in(request.getfixturevalue(who)), history()
    place, preview = previewed(client, report_of())
    assert outcomes(preview) == {}
    assert preview.unchanged > 5
    assert client.post(place, {}).status_code == 422
    assert (history(), Batch.objects.count()) == (stood, 0)
    kept = ReturnedFile.objects.get()
    assert (kept.month, kept.department) == (MONTH, "")
    assert "月次報告の作成 11月6日" in page_text(client.get(place))


def test_what_was_edited_is_taken_and_taken_back(head, secretariat, sign_in):
    filled_in(secretariat)
    content = edited(
        report_of(),
        {
            ("5-3", NOW): {"実績値": "２１"},
            ("5-2", NOW): {"分子": 30, "確定区分": "確定"},
            ("1-1", NOW): {"実績値": 36},
            ("1-2", NOW): {"備考": "窓口の分を含む"},
            ("1-3", NOW): {"分母": 410},
            ("5-1", NOW): {"値なしの理由": "測定不能"},
        },
    )
    client = sign_in(head)
    place, preview = previewed(client, content)
    assert set(outcomes(preview).values()) == {NEW, CHANGE}, [
        (each.what, each.cell.said) for each in preview.to_see
    ]
    assert preview.taken == 7
    assert client.post(place, {}).status_code == 302
    assert value_of("5-3") == (21, None, None, "", "一行目\n二行目")
    assert value_of("5-2")[:3] == (None, 30, 152)
    assert value_of("1-1")[:4] == (36, None, None, "")
    assert value_of("1-2")[4] == "窓口の分を含む"
    assert value_of("1-3")[2] == 410
    assert value_of("5-1")[3] == "unmeasurable"
    assert KpiValue.objects.get(indicator__code="5-2", month=MONTH).maturity == "final"
    assert client.post(f"{place}undo/", {}, page=place).status_code == 302
    assert value_of("5-3")[0] == 18
    assert (value_of("5-1"), value_of("1-3")[2]) == (None, 400)


@pytest.mark.pure
def test_other_months_and_other_columns_are_named_and_stay(head, sign_in):
    save(head, "5-3", value=18)
    content = edited(
        report_of(),
        {
            ("5-3", NOW): {"実績値": 21, "年度目標": 999, "指標名": "別の名前"},
            ("5-2", NOW): {"値なしの理由コード": "counting"},
            ("5-3", BEFORE): {"実績値": 7, "備考": "あとから"},
            ("5-1", BEFORE): {"評価区分": "A"},
        },
    )
    client = sign_in(head)
    place, preview = previewed(client, content)
    assert outcomes(preview) == {
        "5-3 業務削減時間 実績値": CHANGE,
        "5-3 年度目標（令和8年10月）": LOCKED,
        "5-3 指標名（令和8年10月）": LOCKED,
        "5-2 値なしの理由コード（令和8年10月）": LOCKED,
        "5-3 実績値（令和8年9月）": LOCKED,
        "5-3 コメント（内部）（令和8年9月）": LOCKED,
        "5-1 評価区分（令和8年9月）": LOCKED,
    }
    said = {each.cell.said for each in preview.to_see if each.is_locked}
    assert report.OTHER_MONTH.format("令和8年9月", "令和8年10月") in said
    assert report.TAKEN_INSTEAD.format("値なしの理由") in said
    text = page_text(client.get(place))
    assert f"{SHEET}!" in text and "令和8年10月分の行の" in text
    assert client.post(place, {}).status_code == 302
    assert KpiValue.objects.filter(indicator__code__in=["5-3", "5-2", "5-1"]).count() == 1
    assert value_of("5-3")[0] == 21


def test_what_has_moved_since_the_report_is_a_conflict(head, staff, sign_in):
    save(head, "5-3", value=18, note="a\nb")
    save(head, "1-2", value=120)
    save(head, "1-3", denominator=400)
    content = edited(
        report_of(),
        {("5-3", NOW): {"実績値": 21}, ("1-3", NOW): {"分母": 410}, ("1-1", NOW): {"実績値": 3}},
    )
    save(staff, "5-3", value=22, note="a\nb")
    save(staff, "1-2", value=130)
    client = sign_in(head)
    place, preview = previewed(client, content)
    found = outcomes(preview)
    assert [what for what, outcome in found.items() if outcome == CONFLICT] == [
        "5-3 業務削減時間 実績値"
    ]
    assert sorted(found.values()) == sorted([CONFLICT, CHANGE, NEW])
    assert "担当 三郎 11月6日 10時00分" in page_text(client.get(place))
    assert client.post(place, {preview.choices[0].name: "now"}).status_code == 302
    assert (value_of("5-3")[0], value_of("1-3")[2], value_of("1-1")[0]) == (22, 410, 3)


@pytest.mark.pure
@pytest.mark.parametrize("who", ["head", "secretariat"])
@pytest.mark.parametrize("lock", ["closed", "submitted"])
def test_closed_and_handed_in_stay_whatever_the_report_says(who, lock, soumu, sign_in, request):
    user = request.getfixturevalue(who)
    save(user, "5-3", value=18)
    content = edited(report_of(), {("5-3", NOW): {"実績値": 21}, ("1-1", NOW): {"実績値": 3}})
    close(MONTH) if lock == "closed" else hand_in(soumu)
    client, stood = sign_in(user), history()
    place, preview = previewed(client, content)
    assert sorted(outcomes(preview).values()) == [LOCKED, LOCKED]
    assert client.post(place, {}).status_code == 422
    assert (history(), value_of("5-3")[0], value_of("1-1")) == (stood, 18, None)


@pytest.mark.pure
def test_rows_of_another_department_stay(head, secretariat, sign_in):
    content = edited(report_of(), {("3-1", NOW): {"分子": 5, "分母": 50}})
    place, preview = previewed(sign_in(head), content)
    assert outcomes(preview).values() and set(outcomes(preview).values()) == {LOCKED}
    client = sign_in(secretariat)
    assert client.post(sent(client, content), {}).status_code == 302
    assert value_of("3-1")[1] == 5


@pytest.mark.pure
def test_the_report_comes_back_with_marks_and_says_the_same(head, sign_in):
    save(head, "5-3", value=18)
    content = edited(report_of(), {("5-3", NOW): {"実績値": "3くらい", "年度目標": 9}})
    client = sign_in(head)
    place, _ = previewed(client, content)
    answer = client.get(f"{place}marked/")
    paper = load_workbook(io.BytesIO(answer.content))[SHEET]
    cell = paper.cell(line_of(paper, "5-3", NOW), heads_of(paper)["実績値"])
    assert cell.comment.text.startswith("誤り：「3くらい」は数字として読めません")
    _, again = previewed(client, answer.content)
    assert sorted(outcomes(again).values()) == [ERROR, LOCKED]


# What people do to a report, and what they send instead.

TYPED = {("5-3", NOW): {"実績値": 21}}


def renamed(book):
    book[SHEET].title = "直したもの"


def columns_moved(book):
    book[SHEET].insert_cols(1, 2)
    book[SHEET]["A1"] = "メモ"


def columns_gone(book):
    paper = book[SHEET]
    for head in ("年度目標", "評価区分", "指標名"):
        paper.delete_cols(heads_of(paper)[head])


def rows_moved(book):
    paper = book[SHEET]
    line = line_of(paper, "5-3", NOW)
    paper.move_range(f"A{line}:ZZ{line}", rows=paper.max_row - line + 5)


def only_this_month(book):
    paper = book[SHEET]
    place = heads_of(paper)["年月"]
    for line in range(paper.max_row, 1, -1):
        if paper.cell(line, place).value != NOW:
            paper.delete_rows(line)


def months_as_days(book):
    paper = book[SHEET]
    for line in range(2, paper.max_row + 1):
        cell = paper.cell(line, heads_of(paper)["年月"])
        cell.value = datetime.strptime(cell.value, "%Y-%m")  # noqa: DTZ007


def numbers_as_days(book):
    paper = book[SHEET]
    cell = paper.cell(line_of(paper, "5-3", NOW), heads_of(paper)["指標番号"])
    cell.value = datetime(2026, 5, 3)  # noqa: DTZ001


def other_sheets(book):
    book.create_sheet("総括表", 0).append(["No", "実績値", 99])
    book.create_sheet("空")


HABITS = [
    renamed,
    columns_moved,
    columns_gone,
    rows_moved,
    only_this_month,
    months_as_days,
    numbers_as_days,
    other_sheets,
]


@pytest.fixture(scope="module")
def one_report(django_db_setup, django_db_blocker):
    """A report of the plan, made once."""
    with django_db_blocker.unblock():
        return report_of()


@pytest.mark.pure
@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_what_people_do_to_a_report_does_not_matter(habit, one_report):
    found = understand(changed(edited(one_report, TYPED), habit))
    typed = {line.number: line.filled for line in found.lines if line.filled}
    assert (typed, found.asides, found.lost) == ({"5-3": {"value": "21"}}, (), ())
    assert (found.identity.month, found.lines[0].known.version) == (MONTH, 0)


@pytest.mark.pure
def test_rows_that_are_nobodys_are_named(one_report):
    def change(book):
        paper = book[SHEET]
        heads = heads_of(paper)
        paper.cell(line_of(paper, "5-3", NOW), heads["指標番号"]).value = None
        paper.cell(line_of(paper, "5-1", NOW), heads["年月"]).value = "10月"

    found = understand(changed(edited(one_report, TYPED), change))
    assert [cell.text for cell in found.lost] == ["21"]
    assert [(each.number, each.said) for each in found.asides] == [
        ("5-1", report.NO_MONTH.format("10月"))
    ]


@pytest.mark.pure
def test_of_many_changes_beside_the_values_the_first_are_named(one_report):
    """A column was sorted alone."""

    def change(book):
        paper = book[SHEET]
        for line in range(2, paper.max_row + 1):
            paper.cell(line, heads_of(paper)["年度目標"]).value = line

    found = understand(changed(one_report, change))
    rows = load_workbook(io.BytesIO(one_report))[SHEET].max_row - 1
    assert len(found.asides) == report.MOST_NAMED
    assert found.notes[1:] == (report.MORE.format(rows - report.MOST_NAMED),)


def without_known(book):
    book.create_sheet("表紙")
    del book[KNOWN]
    return any_file.OLD_REPORT


def without_table(book):
    book[SHEET].delete_rows(1)
    return returned.NO_TABLE.format("年月", "実績値")


def copied(book):
    book.copy_worksheet(book[SHEET]).title = "写し"
    return returned.TWO_TABLES.format(f"{SHEET}、写し")


def other_format(book):
    for row in book[KNOWN].iter_rows(min_row=2, max_col=1):
        row[0].value = 2
    return report.OTHER_FORMAT.format(2)


def broken(book):
    book[KNOWN].delete_cols(3)
    return report.BROKEN


def emptied(book):
    book[KNOWN].delete_rows(2, 9_999)
    return report.BROKEN


OTHERS = [without_known, without_table, copied, other_format, broken, emptied]


@pytest.mark.pure
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.__name__)
def test_what_is_no_report_to_take_says_which_file_to_use(other, one_report):
    said = []
    content = changed(one_report, lambda book: said.append(other(book)))
    with pytest.raises(Unreadable) as refused:
        understand(content)
    assert str(refused.value) == said[0]


@pytest.mark.pure
def test_the_whole_report_is_taken_and_that_of_data_alone_says_which_one_to_use(head, sign_in):
    live = gather(MONTH, on=AFTER)
    client = sign_in(head)
    place, preview = previewed(client, edited(assembly.workbook(live), TYPED))
    assert outcomes(preview) == {"5-3 業務削減時間 実績値": NEW}
    assert client.get(f"{place}marked/").status_code == 200
    answer = send(client, assembly.data_workbook(live))
    assert answer.status_code == 422
    assert "「データのみ」のExcelです" in page_text(answer)
    assert ReturnedFile.objects.count() == 1


@pytest.mark.pure
def test_a_month_that_has_not_begun_is_refused_by_name(head, sign_in, clock):
    content = report_of(on=date(2026, 10, 5))
    clock.move_to("2026-09-06 01:00+00:00")
    answer = send(sign_in(head), content)
    assert answer.status_code == 422
    assert "令和8年10月分の月次報告です" in page_text(answer)


@pytest.mark.pure
def test_reader_and_writer_name_the_same_columns(one_report):
    """The reader stands below the writer, so that it has heads of its own."""
    columns = {column.header: column.name for column in kpi_columns(gather(MONTH, on=AFTER))}
    assert {columns[head] for head in [*HEADS, report.CODE, report.MONTH]} == TAKEN
    assert {columns[head]: name for head, name in HEADS.items()} == {
        name: name for name in HEADS.values()
    }
    assert report.SHEET in load_workbook(io.BytesIO(one_report), read_only=True).sheetnames
