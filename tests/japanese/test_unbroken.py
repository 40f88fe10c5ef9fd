"""Dates, codes and numbers with their units are not cut by the end of a line."""

import re

import pytest

from foundation.japanese.unbroken import unbroken

pytestmark = pytest.mark.pure
CASES = {
    "令和8年9月30日に決定": ["令和8年9月30日"],
    "令和8年9月30日（水）まで": ["令和8年9月30日（水）"],
    "令和元年度の値": ["令和元年度"],
    "平成31年4月末": ["平成31年4月末"],
    "2026年11月5日": ["2026年11月5日"],
    "9月30日と10月末": ["9月30日", "10月末"],
    "計画 R9.1.15、月は R9.3": ["R9.1.15", "R9.3"],
    "1-2がD、10-1がA": ["1-2", "10-1"],
    "1,430件、目標の95.3％（見込）": ["1,430件", "95.3％"],
    "＋72日、−1.2ポイント": ["＋72日", "−1.2ポイント"],
    "35手続": ["35手続"],
    "計画どおり": [],
    "": [],
}


@pytest.mark.parametrize("text", CASES)
def test_what_stays_together(text):
    made = str(unbroken(text))
    assert re.findall(r'<span class="dx-nowrap">(.*?)</span>', made) == CASES[text]
    assert re.sub(r"</?span[^>]*>", "", made) == text


def test_what_is_typed_stays_text():
    assert str(unbroken("<b>9月3日</b>&")) == (
        '&lt;b&gt;<span class="dx-nowrap">9月3日</span>&lt;/b&gt;&amp;'
    )
