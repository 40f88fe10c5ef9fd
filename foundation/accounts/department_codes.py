"""A code for a department that was given none: its name in letters, where its words are usual.

A proposal only; whoever registers the department sees it first and may write another.
"""

import re
import unicodedata
from collections.abc import Callable

LONGEST_CODE = 20
_SUFFIX = re.compile("(課|室|局|所|館|部|班|係|支所|センター|委員会|事務局)+$")
_WORDS = {
    "総務": "soumu",
    "企画": "kikaku",
    "政策": "seisaku",
    "財政": "zaisei",
    "財務": "zaimu",
    "管財": "kanzai",
    "調整": "chousei",
    "推進": "suishin",
    "税務": "zeimu",
    "住民": "juumin",
    "町民": "choumin",
    "環境": "kankyou",
    "生活": "seikatsu",
    "保健": "hoken",
    "福祉": "fukushi",
    "健康": "kenkou",
    "介護": "kaigo",
    "子育て": "kosodate",
    "こども": "kodomo",
    "農林": "nourin",
    "農政": "nousei",
    "農業": "nougyou",
    "水産": "suisan",
    "畜産": "chikusan",
    "振興": "shinkou",
    "商工": "shoukou",
    "観光": "kankou",
    "産業": "sangyou",
    "建設": "kensetsu",
    "土木": "doboku",
    "耕地": "kouchi",
    "都市": "toshi",
    "水道": "suidou",
    "上下水道": "jougesuidou",
    "防災": "bousai",
    "危機管理": "kikikanri",
    "会計": "kaikei",
    "出納": "suitou",
    "教育": "kyouiku",
    "学校": "gakkou",
    "社会": "shakai",
    "管理": "kanri",
    "議会": "gikai",
    "監査": "kansa",
    "情報": "jouhou",
    "広報": "kouhou",
    "デジタル": "digital",
    "DX": "dx",
    "まちづくり": "machizukuri",
    "地域": "chiiki",
    "人事": "jinji",
}
_WORD = re.compile("|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)))


def proposed_code(name: str, is_taken: Callable[[str], bool]) -> str:
    """A code that is not taken: 総務課 → soumu, 農林振興課 → nourin-shinkou, else ka-1, ka-2 …"""
    stem = _SUFFIX.sub("", unicodedata.normalize("NFKC", name))
    words = _WORD.findall(stem)
    known = bool(words) and "".join(words) == stem
    code = "-".join(_WORDS[word] for word in words)[:LONGEST_CODE].strip("-") if known else "ka"
    number = 2 if known else 1
    found = code if known else f"{code}-1"
    while is_taken(found):
        found = f"{code[: LONGEST_CODE - 4]}-{number}"
        number += 1
    return found
