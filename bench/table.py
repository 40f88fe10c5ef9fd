"""The one table that the benchmark prints: a list of rows. Standard library only."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from unicodedata import east_asian_width


@dataclass(frozen=True)
class Row:
    """One measurement. `low`, `high`: the middle half of what was measured; `bound`: None where
    nothing is promised.
    """

    database: str
    name: str
    value: float
    unit: str = "x"
    low: float | None = None
    high: float | None = None
    bound: float | None = None

    @property
    def met(self) -> bool | None:
        """Is the promise kept? None where there is none."""
        return None if self.bound is None else self.value <= self.bound


def machine() -> dict[str, str]:
    """Where it was measured."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "python": sys.version.split()[0],
    }


def _processor() -> str:
    """What the machine calls its processor, where it says so."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def as_json(rows: list[Row]) -> str:
    """The table for machines: the machine, and the rows with `met`."""
    shown = [asdict(row) | {"met": row.met} for row in rows]
    return json.dumps({"machine": machine(), "rows": shown}, ensure_ascii=False, indent=1)


def from_json(text: str) -> list[Row]:
    """The rows as a measuring process has written them."""
    rows = json.loads(text)["rows"]
    return [Row(**{key: row[key] for key in row if key != "met"}) for row in rows]


def printed(rows: list[Row]) -> str:
    """The table for people."""
    head = ("database", "what", "value", "middle half", "bound", "met")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(head))]
    drawn = ["  ".join(map(_padded, line, widths)).rstrip() for line in lines]
    told = " · ".join(f"{key}: {value}" for key, value in machine().items())
    return "\n".join([told, "", *drawn])


def _cells(row: Row) -> tuple[str, ...]:
    spread = "" if row.low is None or row.high is None else f"{row.low:.2f}-{row.high:.2f}"
    bound = "" if row.bound is None else f"<= {row.bound:g}"
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return (row.database, row.name, f"{row.value:.2f} {row.unit}", spread, bound, met)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
