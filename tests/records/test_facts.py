"""The history speaks Japanese: at the door, and where rows of earlier releases are shown."""

import ast
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.accounts.actions import save_membership
from foundation.accounts.models import Membership, Role, User
from foundation.japanese.folding import folded, traced
from foundation.records.actions import record_change
from foundation.records.facts import FactLine, fields_in_words, in_words, lines_of, said
from foundation.records.models import HistoryEntry
from headquarters.reviews.models import Review
from kpi.choices import Maturity
from tests.pages import page_text
from tests.test_architecture import FILES, ROOT

DAY = date(2026, 11, 3)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("x", None, ""),
        ("x", True, "はい"),
        ("x", False, "いいえ"),
        ("x", 0, 0),
        ("x", 12, 12),
        ("x", Decimal("12.0000"), "12"),
        ("x", Decimal("1234.50"), "1,234.5"),
        ("見込日", DAY, "令和8年11月3日"),
        ("適用月", date(2026, 10, 1), "令和8年10月"),
        ("日時", datetime(2026, 11, 3, 1, 5, tzinfo=UTC), "令和8年11月3日 10:05"),
        ("区分", Maturity.PROVISIONAL, "暫定"),
        ("関係課", ["総務課", "税務課"], "総務課、税務課"),
        ("日", date(1027, 1, 15), "日付を確認してください"),
        ("メモ", "2026-11-03 True None improve", "2026-11-03 True None improve"),
        ("メモ", "True", "True"),
    ],
)
def test_a_value_in_words(label, value, words):
    assert in_words(label, value) == words


@pytest.mark.parametrize(
    ("label", "stored", "shown"),
    [
        ("役割", "department_head", "課長"),
        ("役割", "課長", "課長"),
        ("今後の方向性", "improve", "改善"),
        ("有効", "True", "はい"),
        ("有効", "False", "いいえ"),
        ("所属の終了日", "None", ""),
        ("見込日", "2026-11-03", "令和8年11月3日"),
        ("提出期限", "2026-11-03", "令和8年11月3日"),
        ("期限", "2026-11-03", "令和8年11月3日"),
        ("最終月", "2026-10", "令和8年10月"),
        ("初月", "2026-10-01", "令和8年10月"),
        ("見込日", "2026-13-45", "2026-13-45"),
        ("見込日", "", ""),
        ("基準値", "12.0000", "12"),
        ("基準値", "1234.5000", "1,234.5"),
        ("内部メモ", "True", "True"),
        ("内部メモ", "2026-11-03", "2026-11-03"),
        ("名称", "improve", "improve"),
        ("引継ぎメモ", "None", "None"),
        ("有効", True, "はい"),
    ],
)
def test_rows_of_earlier_releases_are_shown_alike(label, stored, shown):
    assert said(label, stored) == shown


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"基準値": "12.0000"}, {"基準値": "12"}, ["基準値：12"]),
        ({"値": "12.0000", "メモ": "a"}, {"値": "12", "メモ": "b"}, ["メモ：a → b"]),
        ({"値": "1,234", "メモ": "a"}, {"値": "1234.0", "メモ": "b"}, ["メモ：a → b"]),
        ({"値": "100"}, {"値": "120"}, ["値：100 → 120"]),
        ({"値": "100"}, {}, ["値：100 → 消去"]),
        ({}, {"値": "0"}, ["値：0"]),
        ({"値": ""}, {"値": "5"}, ["値：－ → 5"]),
        ({"有効": "True"}, {"有効": "False"}, ["有効：はい → いいえ"]),
        ({"値": "5", "区分": "確定"}, {"値": "6", "区分": "確定"}, ["値：5 → 6"]),
        ({"メモ": "012"}, {"メモ": "12"}, ["メモ：012 → 12"]),
        ({"版": 0}, {"版": 1}, ["版：0 → 1"]),
        ({"コード": "012"}, {"コード": "12"}, ["コード：012 → 12"]),
        ({}, {}, []),
        ({}, {"状態": "完了", "見込日": ""}, ["状態：完了"]),
        ({"見込日": "", "値": "5"}, {}, ["値：5 → 消去"]),
        ({}, {"見込日": ""}, ["見込日：－"]),
    ],
)
def test_only_what_differs_is_a_line(before, after, lines):
    assert [str(line) for line in lines_of(before, after)] == lines


@pytest.mark.parametrize(
    ("model", "names"), [(User, ["is_active"]), (Review, ["next_direction", "self_grade"])]
)
def test_the_fields_of_a_row(model, names):
    row = model(**dict.fromkeys(names, True)) if model is User else model(next_direction="improve")
    facts = fields_in_words(row, names)
    assert "improve" not in map(str, facts.values())
    assert not any(value is True or value is None for value in facts.values())


@pytest.mark.django_db
def test_a_role_is_recorded_by_its_name(secretariat, staff, soumu):
    row = Membership(user=staff, department=soumu, role=Role.DEPARTMENT_HEAD, valid_from=DAY)
    save_membership(by=secretariat, membership=row)
    entry = HistoryEntry.objects.get(action="accounts.membership")
    assert "課長" in entry.after.values()
    assert "令和8年11月3日" in entry.after.values()
    assert not {"department_head", "2026-11-03", "None"} & set(entry.after.values())


@pytest.mark.django_db
def test_the_page_says_it_in_japanese(secretariat, soumu, sign_in):
    record(soumu, before={"有効": "True"}, after={"有効": "False", "今後の方向性": "improve"})
    text = page_text(sign_in(secretariat).get("/history/"))
    for words in ("有効：", ">はい</span>", ">いいえ</span>", "今後の方向性：", ">改善</span>"):
        assert words in text
    assert "improve" not in text
    assert "True" not in text


def record(subject, **given):
    facts = {"before": {}, "after": {}, **given}
    return record_change(by=None, action="test.x", subject=subject, **facts)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("３－１", "3-1"),
        ("３ー１", "3-1"),
        ("3−1", "3-1"),
        ("３‐１", "3-1"),
        ("ｅＬ－ＱＲ", "el-qr"),
        ("eL-QR", "el-qr"),
        ("ﾃﾞｼﾞﾀﾙ", "デジタル"),
        ("サーバー", "サ-バ-"),
        ("ｻｰﾊﾞｰ", "サ-バ-"),
        ("　見本　 一郎 ", "見本 一郎"),
        ("㈱", "(株)"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_folding(typed, plain):
    assert folded(typed) == plain


@pytest.mark.pure
@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@pytest.mark.pure
@given(st.text(max_size=60) | st.text("ｶﾞﾊﾟがＫk１ 　ー-窓㈱\u200b\u3099", max_size=20))
def test_folded_signs_know_where_they_stand(text):
    plain, places = traced(text)
    assert plain == folded(text)
    for sign, (first, last) in zip(plain, places, strict=False):
        assert sign == " " or sign in folded(text[first:last])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "stored", ["3-1 eL-QRの件数", "３－１ ｅＬ－ＱＲの件数", "3−1　el-qrの件数"]
)
@pytest.mark.parametrize("typed", ["3-1", "３－１", "３ー１", "eL-QR", "ｅＬ－ＱＲ", "QR 3-1"])
def test_a_search_finds_either_width(soumu, stored, typed):
    record(soumu, label=stored)
    record(soumu, label="ほかの指標")
    assert [row.subject_label for row in HistoryEntry.objects.search(words=typed)] == [stored]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["ﾃﾞｼﾞﾀﾙ", "デジタル", "ｻｰﾊﾞｰ", "サーバ"])
def test_a_search_reads_the_reason_too(soumu, typed):
    record(soumu, reason="デジタル係のｻｰﾊﾞｰを移した")
    record(soumu, reason="ほか")
    assert HistoryEntry.objects.search(words=typed).count() == 1
    assert HistoryEntry.objects.search(words="%").count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["事務局 太郎", "事務局　太郎", "太郎"])
def test_people_and_departments_are_found_alike(secretariat, soumu, typed):
    record_change(
        by=secretariat, action="test.x", subject=soumu, before={}, after={}, department="ＩＴ課"
    )
    assert HistoryEntry.objects.search(actor=typed).count() == 1
    assert HistoryEntry.objects.search(department="it課").count() == 1
    assert not HistoryEntry.objects.search(actor="次郎").exists()


@pytest.mark.pure
def test_a_nought_is_shown():
    assert str(FactLine("版", 0, "")) == "版：0 → －"


def hand_made(tree):
    """Values of `before=` and `after=` that are turned into text where they should stay values."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and called(call) == "record_change":
            given = [word.value for word in call.keywords if word.arg in ("before", "after")]
            dicts = [node for value in given for node in ast.walk(value)]
            values = [each for node in dicts if isinstance(node, ast.Dict) for each in node.values]
            yield from (ast.unparse(each) for each in values if is_text_of_a_value(each))


def called(call):
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def is_text_of_a_value(node):
    return isinstance(node, ast.Call) and called(node) in ("str", "isoformat", "repr")


@pytest.mark.pure
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_facts_are_handed_over_as_values(path):
    """The door says them in Japanese; `str(day)` would keep 2026-10-05 for ever."""
    assert not list(hand_made(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.pure
def test_a_hand_made_text_is_seen():
    text = 'record_change(before={}, after={"計画日": str(day), "名称": name})'
    assert list(hand_made(ast.parse(text))) == ["str(day)"]
