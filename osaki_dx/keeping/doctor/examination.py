"""All looks, one after the other; one that fails is a finding itself."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from osaki_dx.keeping.doctor import database_look, machine_look, records_look, settings_look
from osaki_dx.keeping.doctor.finding import Finding, Grade, bad


def examine(at: datetime) -> Iterator[Finding]:
    """Every finding, as it is made."""
    yield from _safely("設定", settings_look.look)
    of_database = list(_safely("データベース", database_look.look))
    yield from of_database
    if any(row.grade is Grade.BAD and row.subject in KEYS for row in of_database):
        return  # nothing can be read, or not by this version
    yield from _safely("見本データ", lambda: iter([settings_look.sample()]))
    yield from _safely("記録", partial(records_look.look, at))
    yield from _safely("機械", partial(machine_look.look, at))


KEYS = ("データベース", "データベースの版")


def _safely(subject: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except Exception as error:  # whatever it is, the other looks are still worth having
        told = f"調べられません（{type(error).__name__}: {' '.join(str(error).split())[:200]}）。"
        yield bad(subject, told, "ログを見て、プログラムを作った人に知らせてください。")
