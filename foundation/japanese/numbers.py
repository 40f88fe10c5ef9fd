"""Numbers as Japanese officials type and read them. Pure; Decimal only (docs/rules.md §2)."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

MINUS = "▲△−‐‑–—―－ー-"
MAX_DIGITS = 14
# full-width forms of what numbers are made of; nothing else is changed into a digit
_ASCII = str.maketrans("０１２３４５６７８９，．％", "0123456789,.%")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BODY = re.compile(rf"[{re.escape(MINUS)}]?\s*[\d,.]*(?:\s+[\d,.]+)*", re.ASCII)
_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$|-?\.\d+$", re.ASCII)
_GROUPS = re.compile(r"\d{1,3}(?: \d{3})+(?:\.\d+)?$", re.ASCII)


class NumberError(ValueError):
    """A text that is not a number; `code` tells what kind of mistake, the message what to do."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


LONGEST_TYPED = 200  # whoever types more has pasted something else
TOO_LONG = f"長すぎます（{LONGEST_TYPED}字まで）。数字だけを入力してください。"


def parse_decimal(text: str, *, unit: str = "", allow_negative: bool = False) -> Decimal:
    """A number typed by a person: full-width digits, commas, its own unit, ▲/△/− for minus.

    「１，２３４件」(unit 件) → 1234, 「８５．５％」 → 85.5, 「▲5」 → −5. A lone dash is neither a
    number nor zero. Only ASCII and full-width digits are digits (①, ¹, ㉑ are marks). A blank is
    taken for a separator of thousands only where it cannot part two numbers. Raises NumberError
    (codes: empty, dash, mark, blank, not_number, commas, negative, too_long).
    """
    if len(text) > LONGEST_TYPED:
        raise NumberError(TOO_LONG, "too_long")
    said = text.strip()
    plain = _INVISIBLE.sub("", text).translate(_ASCII)
    plain = plain.replace("\u3000", " ").replace("\u00a0", " ").strip()
    if not plain:
        raise NumberError("数字を入力してください。", "empty")
    if all(sign in MINUS for sign in plain):
        raise NumberError(
            f"「{said}」は数字ではありません。"
            "0件のときは 0 を、値がないときは「値なしの理由」を選んでください。",
            "dash",
        )
    number = _checked(_without_blanks(_without_unit(plain, unit, said), said), said)
    if number < 0 and not allow_negative:
        raise NumberError("負の数は入力できません。0以上の数を入力してください。", "negative")
    return number if number else Decimal(0)


def _without_unit(plain: str, unit: str, said: str) -> str:
    """The number's own part; behind it only its unit may stand."""
    body = _BODY.match(plain)
    end = body.end() if body else 0
    rest = unicodedata.normalize(
        "NFKC",
        plain[end:].strip(),
    )
    allowed = {"", unicodedata.normalize("NFKC", unit)} | ({"%"} if unit in ("％", "%") else set())
    if rest in allowed:
        return plain[:end].strip()
    marks = [sign for sign in plain if unicodedata.category(sign) == "No"]
    if marks:
        raise NumberError(
            f"「{said}」は数字として読めません。"
            f"「{marks[0]}」のような注の番号は消して、数字だけを入力してください。",
            "mark",
        )
    raise NumberError(
        f"「{said}」は数字として読めません。数字だけを入力してください（例：3）。", "not_number"
    )


def _without_blanks(body: str, said: str) -> str:
    """The same without its sign's blank and without blanks that separate thousands.

    「1 234 567」 is one number; 「12 5」 and 「118 598」 may be two, and two lines always are.
    """
    sign, digits = ("-", body[1:].strip()) if body[:1] in MINUS else ("", body)
    if not re.search(r"\s", digits):
        return sign + digits
    groups = digits.split(" ")
    two_numbers = len(groups) == 2 and len(groups[0]) == 3
    if not _GROUPS.match(digits) or two_numbers:
        raise NumberError(
            f"「{said}」は数字の途中に空白や改行があります。"
            "1つの数字なら空白を消し、2つの数字なら欄を分けて入力してください。",
            "blank",
        )
    return sign + "".join(groups)


def _checked(plain: str, said: str) -> Decimal:
    if not _NUMBER.match(plain):
        if (
            re.fullmatch(
                r"-?[\d,]*(\.\d+)?",
                plain,
                re.ASCII,
            )
            and "," in plain
        ):
            hint, code = "「,」は3桁ごとに入れてください（例：1,234）。", "commas"
        else:
            hint, code = "数字だけを入力してください（例：3）。", "not_number"
        raise NumberError(f"「{said}」は数字として読めません。{hint}", code)
    digits = plain.replace(",", "")
    if len(digits.lstrip("-").split(".")[0]) > MAX_DIGITS:
        raise NumberError("桁が大きすぎます。入力した数を確かめてください。", "too_long")
    return Decimal(digits)


def whole_number(text: str | None, default=None):
    """A number that an address or a hidden field carries (an id, a version), or `default`.

    Plain digits only, and not too many.
    """
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
        else default
    )


def round_half_up(value: Decimal, places: int = 0) -> Decimal:
    """Rounded half up (四捨五入, away from zero) to `places` decimals."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def format_number(value: Decimal, decimals: int = 0, grouping: bool = True) -> str:
    """「1,234.5」; minus as 「−」."""
    rounded = round_half_up(Decimal(value), decimals)
    text = f"{abs(rounded):{',' if grouping else ''}f}"
    return f"−{text}" if rounded < 0 else text


def decimals_of(number: Decimal) -> int:
    """How many decimals a number has: 0.50 has one, 1200 has none or fewer (-2)."""
    return -int(number.normalize().as_tuple().exponent)


def places_wanted(places: int) -> str:
    """The sentence that refuses more decimals than `places`."""
    how = f"小数{places}桁まで" if places else "整数"
    return f"{how}で入力してください。"


def format_plain(value: Decimal) -> str:
    """All digits that are stored and no more: 0.50 → 「0.5」, 1200 → 「1,200」."""
    return format_number(value, max(0, decimals_of(Decimal(value))))


def format_needed(value: Decimal, decimals: int = 0) -> str:
    """With `decimals`, or one decimal when a whole number would hide a fraction (expectations)."""
    whole = round_half_up(Decimal(value), decimals) == value
    return format_number(value, decimals if whole else max(decimals, 1))


def format_signed(value: Decimal, decimals: int = 0) -> str:
    """「＋3」「−2.7」「±0」: a change; triangles are never used for it."""
    rounded = round_half_up(Decimal(value), decimals)
    if rounded == 0:
        return "±0"
    return (
        f"＋{format_number(rounded, decimals)}" if rounded > 0 else format_number(rounded, decimals)
    )
