"""The workbooks of closings: each report is drawn and opened again once in a run of the tests.

The same report gives the same bytes (`tests/reports` holds that), and many tests close the same
month of the same town. A test about drawing draws by itself.
"""

import pickle
from hashlib import sha256
from pathlib import Path

import pytest

from headquarters.reports import drawn
from headquarters.reports.choices import EditionKind
from headquarters.reports.model import MonthlyReport
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


@pytest.fixture(scope="session", autouse=True)
def drawn_once(of_this_run):
    """Draw only what no worker of this run has drawn."""
    folder = of_this_run / "drawn"
    folder.mkdir(exist_ok=True)
    plain = drawn.draw

    def draw(kind: EditionKind, report: MonthlyReport) -> bytes:
        if (assembly.workbook, assembly.annual_workbook, drawn.reopen) != PLAIN:
            return plain(kind, report)  # the test is about drawing
        name = sha256(pickle.dumps((kind, report))).hexdigest()
        content = _kept(folder / name)
        if content is None:
            content = plain(kind, report)
            (folder / name).write_bytes(_whole(content))
        return content

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn, "draw", draw)
        yield
