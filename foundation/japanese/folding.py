"""Texts as they are looked for: in either width, either case, with any dash."""

import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ~～〜", "-"))
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def folded(text: str) -> str:
    """The text in one width, one case, with one kind of dash and single blanks.

    ３－１ → 「3-1」, ｅＬ－ＱＲ → 「el-qr」, ﾃﾞｼﾞﾀﾙ → 「デジタル」. Both what is stored and what is
    looked for are folded; what is shown never is.
    """
    wide = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return " ".join(wide.casefold().translate(_DASHES).split())
