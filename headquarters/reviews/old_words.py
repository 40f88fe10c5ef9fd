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


def verdict_in_a_sentence(why: str) -> str:
    """Of 「1-1がD、更新待ち1件」, kept until 2026-11-27, what is said since; all else as it is."""
    well = why.endswith(PLAN)
    found = VERDICT.fullmatch(why.removesuffix(PLAN))
    if why == NONE_JUDGED + PLAN:
        return f"{NONE_JUDGED}で{PLAN}です"
    if not why or found is None:
        return why
    return _joined(found, PLAN if well else "")


def _joined(found: re.Match[str], well: str) -> str:
    named = f"{found['codes']} が{found['letter']}に" if found["codes"] else ""
    heads = {"late": "遅延", "slipping": "期日のずれる見込み", "stale": "更新待ち"}
    counts = "と".join(f"{heads[key]}{found[key]}" for key in heads if found[key])
    if counts:
        return f"{named and named + 'なり、'}マイルストーンに{counts}があります"
    return f"{named}なり{well}です" if well else f"{named}なりました"
