"""From words to what is shown: everything that a person may read, gone through once.

Four queries, whatever is looked for: the plan's tables are small enough to be read whole,
and only then can a text be found in either width.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from foundation.accounts.permissions import Permission, Person, may_somewhere
from foundation.japanese.folding import folded
from foundation.records.compiled import Compiled
from headquarters.desk.manual.finding import candidates as manual
from headquarters.desk.search import carried, plan
from headquarters.desk.search.model import Candidate, Hit, HitGroup, Results
from headquarters.desk.search.rows import joined, rows_in
from headquarters.desk.search.said import said
from headquarters.desk.search.words import Words, excerpt, marked

GROUPS = {
    "measures": "施策",
    "indicators": "指標（KPI）",
    "roadmap": "工程・マイルストーン",
    "meetings": "会議・議題・決定・指示",
    "plan": "計画書・まちの現状",
    "people": "課・人・チーム",
    "projects": "DX関連事業",
    "manual": "操作マニュアル",
}
ALSO = {"指標": "KPI", "マイルストーン": "節目", "指示": "対応事項"}  # what a kind is called too
FEW, MANY = 5, 200  # of each group beside the others; of one group that is asked for


@dataclass(frozen=True)
class _Place:
    """A candidate in which all words stand; better ones sort first."""

    is_other: bool  # not called so
    is_around: bool  # the words are not all in its title
    order: int
    candidate: Candidate

    @property
    def rank(self) -> tuple[bool, bool, int]:
        return (self.is_other, self.is_around, self.order)


def find(user: Person, words: Words, *, on: date, group: str = "") -> Results:
    """What this person finds on that day; `group`: the one of which all is asked for (one
    that is not known asks for none).
    """
    if not words:
        return Results([], [])
    places = {key: _places(rows, words) for key, rows in _candidates(user, on).items()}
    kept = {key: rows for key, rows in places.items() if rows}
    order = sorted(kept, key=lambda key: kept[key][0].is_other)
    groups = [_group(key, kept[key], words, MANY if key == group else FEW) for key in order]
    asked = [each for each in groups if each.key == group]
    return Results(groups, asked or groups)


@lru_cache(maxsize=16)
def _question(manages: bool, on: date) -> Compiled:
    """The question for all rows but those of meetings, put together once; `manages`: with people
    who sign in.
    """
    return Compiled(joined(*carried.kinds(on, people=manages), *plan.kinds(on)))


def _candidates(user: Person, on: date) -> dict[str, list[Candidate]]:
    named = plan.Named.on(on)
    manages = may_somewhere(user, Permission.MANAGE_PEOPLE)
    rows = list(rows_in(_question(manages, on)()))
    month = named.plan.months.collected(on) if named.plan else None
    return {
        "measures": plan.measures(named),
        "indicators": plan.indicators(named, month) if month else [],
        "roadmap": plan.roadmap(rows, named),
        "meetings": said(named),
        "plan": plan.text(rows, named),
        "people": carried.who(rows, named),
        "projects": carried.projects(rows, named),
        "manual": manual(),
    }


def _places(rows: Iterable[Candidate], words: Words) -> list[_Place]:
    """Those in which all words stand, the best first."""
    found = []
    for order, row in enumerate(rows):
        title = folded(row.title)
        is_called = words.code in row.codes
        kind = f"{row.label} {ALSO.get(row.label, '')}"
        around = folded(f"{row.title}\n{row.context}\n{row.text}\n{kind}")
        speaks = bool(row.title) or words.any_stands_in(row.text)
        if is_called or (speaks and words.all_stand_in(around)):
            in_title = words.all_stand_in(title)
            found.append(_Place(not is_called, not in_title, order, row))
    return sorted(found, key=lambda place: place.rank)


def _group(key: str, places: list[_Place], words: Words, most: int) -> HitGroup:
    hits = [_hit(place.candidate, words) for place in places[:most]]
    return HitGroup(key, GROUPS[key], len(places), hits)


def _hit(row: Candidate, words: Words) -> Hit:
    quoted = bool(row.title) and words.any_stands_in(row.text)
    return Hit(
        row.label,
        row.address,
        marked(row.title, words) if row.title else excerpt(row.text, words),
        marked(row.context, words),
        row.note,
        excerpt(row.text, words) if quoted else None,
    )
