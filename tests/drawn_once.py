"""The workbooks of reports: each is drawn once in a run of the tests (for a closing, opened too).

The same report gives the same bytes (`tests/reports` holds that), and many tests close the same
month of the same town, or take its workbook as it stands. A test about drawing draws by itself.
"""

import pickle
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from headquarters.reports import drawn, views
from headquarters.reports.choices import EditionKind
from headquarters.reports.model import MonthlyReport
from headquarters.reports.stored import dump
from headquarters.reports.workbook import assembly

PLAIN = (assembly.workbook, assembly.annual_workbook, drawn.reopen)


def _whole(content: bytes) -> bytes:
    """What is kept is found whole or not at all."""
    return sha256(content).digest() + content


def _kept(file: Path) -> bytes | None:
    """What was drawn of that report, if somebody has."""
    if not file.exists():
        return None
    known = file.read_bytes()
    content = known[32:]
    return content if known == _whole(content) else None


def _about_drawing() -> bool:
    """Has the test put something else in the place of what draws?"""
    return (assembly.workbook, assembly.annual_workbook, drawn.reopen) != PLAIN


class _Shelf:
    """What was drawn in this run, by whichever worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def take(self, make: Callable[..., bytes], *asked) -> bytes:
        """What `make` draws of what is asked; drawn now if nobody has."""
        if _about_drawing():
            return make(*asked)
        file = self.folder / sha256(pickle.dumps((make.__name__, *asked))).hexdigest()
        content = _kept(file)
        if content is None:
            content = make(*asked)
            file.write_bytes(_whole(content))
        return content


class _Assembly:
    """What a page draws a workbook with; what it has drawn stands on the shelf."""

    def __init__(self, shelf: _Shelf) -> None:
        self.shelf = shelf

    def __getattr__(self, name: str):
        return getattr(assembly, name)

    def workbook(self, report: MonthlyReport) -> bytes:
        return self.shelf.take(assembly.workbook, report)


@pytest.fixture(scope="session", autouse=True)
def drawn_once(of_this_run):
    """Draw only what no worker of this run has drawn."""
    shelf, plain = _Shelf(of_this_run / "drawn"), drawn.draw

    def draw(kind: EditionKind, report: MonthlyReport) -> bytes:
        return shelf.take(plain, kind, report)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn, "draw", draw)
        patch.setattr(views, "assembly", _Assembly(shelf))
        yield


@pytest.fixture
def sketched(monkeypatch) -> set[date]:
    """For a test that closes many months and is not about their workbooks: an edition keeps a few
    bytes in the place of its workbook, but for the months that are added to this set.
    """
    real: set[date] = set()
    plain = drawn.draw

    def draw(kind: EditionKind, report: MonthlyReport) -> bytes:
        return plain(kind, report) if report.month in real else dump(report).encode()

    monkeypatch.setattr(drawn, "draw", draw)
    return real
