"""Words that were kept before they became sentences, read as what is said today."""

import re

VERDICT = re.compile(
    r"(?:(?P<codes>[^、]+)が(?P<letter>[A-D]))?、?"
    r"(?:遅延のマイルストーン(?P<late>\d+件（[^）]*）))?、?"
    r"(?:期日がずれる見込み(?P<slipping>\d+件))?、?"
    r"(?:更新待ち(?P<stale>\d+件))?"
)
PLAN = "、マイルストーンは予定どおり"
NONE_JUDGED = "KPIは評価対象外"
AS_PLANNED = "で、工程表は予定どおりです"


def verdict_in_a_sentence(why: str) -> str:
    """Of 「1-1がD、更新待ち1件」, kept until 2026-11-27, what is said since; all else as it is."""
    if why == NONE_JUDGED + PLAN:
        return NONE_JUDGED + AS_PLANNED
    found = VERDICT.fullmatch(why.removesuffix(PLAN))
    if not why or found is None:
        return why
    if why.endswith(PLAN):
        return f"{found['codes']} が{found['letter']}{AS_PLANNED}"
    return _joined(found)


def _joined(found: re.Match[str]) -> str:
    named = f"{found['codes']} が{found['letter']}に" if found["codes"] else ""
    heads = {"late": "遅延", "slipping": "期日のずれる見込み", "stale": "更新待ち"}
    counts = "と".join(f"{heads[key]}{found[key]}" for key in heads if found[key])
    if not counts:
        return f"{named}なりました"
    return f"{named and named + 'なり、'}マイルストーンに{counts}があります"
