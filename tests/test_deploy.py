"""The files of docs/deploy are what they say, where this machine can tell."""

import shutil
import subprocess

import pytest

from tests.portal import ROOT

pytestmark = pytest.mark.pure
UNIT = ROOT / "docs/deploy/osaki-dx.service"


def test_systemd_takes_the_unit(tmp_path):
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("systemd がある機械のときだけ")
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/usr/bin/python3", shutil.which("true"))
    unit.write_text(text, encoding="utf-8")
    assert told(tool, unit) == ""
    unit.write_text(text.replace("TimeoutStopSec=20", "TimeoutStopSec=soon"), encoding="utf-8")
    assert "soon" in told(tool, unit), "it looks at what it is given"


def told(tool, unit):
    """What it says about a unit; about other units of the machine it may say what it likes."""
    done = subprocess.run(
        [tool, "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return "\n".join(line for line in done.stderr.splitlines() if unit.name in line)
