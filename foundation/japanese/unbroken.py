"""Text for a page in which no date, code or number with its unit is cut by the end of a line."""

import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

ERA = r"(?:令和|平成|昭和)(?:\d{1,2}|元)年"
DAY = r"\d{1,2}月(?:\d{1,2}日)?(?:（[月火水木金土日]）)?末?"
NUMBER = r"[＋−±+-]?\d[\d,]*(?:\.\d+)*"
UNIT = r"(?:[％%]|ポイント|[ァ-ヶー]{1,4}|[ぁ-ん]?[一-龠々]{1,2})?"
WHOLE = re.compile(
    rf"{ERA}度|(?:{ERA}|\d{{4}}年)(?:{DAY})?"  # 令和8年度, 令和8年9月30日
    rf"|{DAY}"  # 9月30日（水）, 9月末
    r"|[RHS]\d{1,2}(?:\.\d{1,2}){1,2}"  # R8.9.30
    r"|\d+-\d+"  # 1-1
    rf"|{NUMBER}{UNIT}"  # 1,430件, 95.3％, ＋72日
)


def unbroken(text: str) -> SafeString:
    """The text, escaped, with what belongs together in `<span class="dx-nowrap">`."""
    parts, place = [], 0
    for found in WHOLE.finditer(text):
        parts.append(conditional_escape(text[place : found.start()]))
        parts.append(format_html('<span class="dx-nowrap">{}</span>', found.group()))
        place = found.end()
    parts.append(conditional_escape(text[place:]))
    return format_html_join("", "{}", ((part,) for part in parts))
