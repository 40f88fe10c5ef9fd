"""Numbers as Japanese officials type and read them. Pure; Decimal only (docs/rules.md §2)."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

MINUS = "▲△−‐‑–—―－ー-"
MAX_DIGITS = 14
_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$|-?\.\d+$")


class NumberError(ValueError):
    """A text that is not a number; `code` tells what kind of mistake, the message what to do."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


def parse_decimal(text: str, *, unit: str = "", allow_negative: bool = False) -> Decimal:
    """A number typed by a person: full-width digits, commas, its own unit, ▲/△/− for minus.

    「１，２３４件」(unit 件) → 1234, 「８５．５％」 → 85.5, 「▲5」 → −5. A lone dash is neither a
    number nor zero. Raises NumberError (codes: empty, dash, not_number, commas, negative,
    too_long).
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not plain:
        raise NumberError("数字を入力してください。", "empty")
    if all(sign in MINUS for sign in plain):
        raise NumberError(
            f"「{text.strip()}」は数字ではありません。"
            "0件のときは 0 を、値がないときは「値なしの理由」を選んでください。",
            "dash",
        )
    for ending in (unicodedata.normalize("NFKC", unit), "%" if unit in ("％", "%") else ""):
        if ending and plain.endswith(ending):
            plain = plain[: -len(ending)]
            break
    if plain[:1] in MINUS:
        plain = "-" + plain[1:]
    if not _NUMBER.match(plain) or not plain.isascii():
        code = (
            "commas"
            if re.fullmatch(r"-?[\d,]+(\.\d+)?", plain) and plain.isascii()
            else "not_number"
        )
        hint = (
            "「,」は3桁ごとに入れてください（例：1,234）。"
            if code == "commas"
            else "数字だけを入力してください（例：3）。"
        )
        raise NumberError(f"「{text.strip()}」は数字として読めません。{hint}", code)
    digits = plain.replace(",", "")
    if len(digits.lstrip("-").split(".")[0]) > MAX_DIGITS:
        raise NumberError("桁が大きすぎます。入力した数を確かめてください。", "too_long")
    number = Decimal(digits)
    if number < 0 and not allow_negative:
        raise NumberError("負の数は入力できません。0以上の数を入力してください。", "negative")
    return number if number else Decimal(0)


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
