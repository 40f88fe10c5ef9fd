"""A department's LibreOffice opens the entry sheet, saves it again, and it comes back.

Where the office's scripts (python3-uno) are missing, the cells are typed by openpyxl and the file
is then saved by the office: what it does to types, formats and hidden sheets is what comes back.
"""

import shutil
import subprocess

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.records.actions import current_revision
from foundation.records.models import HistoryEntry
from kpi.intake.back.choices import Outcome
from kpi.intake.models import Batch
from kpi.models import KpiValue
from tests.conftest import MONTH
from tests.kpi.returned_sheets import filled, sheet_of
from tests.kpi.test_intake_pages import save
from tests.pages import page_text
from tests.people import lead

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.pure,
    pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed"),
]
RECEIVE = "/kpis/intake/files/"
TYPED = {
    "1-1": {"value": "３６手続"},
    "1-2": {"value": 0, "note": "停止中"},
    "5-2": {"numerator": 29, "denominator": "152人"},
}


@pytest.fixture
def office(tmp_path):
    """Opens files as LibreOffice does, and saves them again as .xlsx: all of them at once."""

    def saved_again(contents):
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"{number}.xlsx")
            paths[-1].write_bytes(content)
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        kind = ("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "out")
        command = ["soffice", profile, "--headless", *kind, *paths]
        subprocess.run(
            command,
            capture_output=True,
            timeout=180,
            check=True,
        )
        return [(tmp_path / "out" / path.name).read_bytes() for path in paths]

    return saved_again


def outcomes(client, content):
    """(address of the preview, {(number, field): outcome} of what is not unchanged)."""
    answer = client.post(RECEIVE, {"file": SimpleUploadedFile("様式.xlsx", content)})
    assert answer.status_code == 302, page_text(answer)
    place = answer["Location"]
    preview = client.get(place).context["preview"]
    return place, {
        (each.row.line.number, each.cell.field): each.cell.outcome for each in preview.to_see
    }


@time_machine.travel("2026-11-06 01:00+00:00", tick=False)
def test_only_what_was_typed_in_the_office_changes(head, soumu, sign_in, office):
    for number in (1, 5):
        lead(number, soumu)
    save(head, "5-3", value=18, note="一行目\r\n二行目")
    client, sheet = sign_in(head), sheet_of("総務課")
    untouched, typed = office([sheet, filled(sheet, TYPED)])
    stood = HistoryEntry.objects.count(), current_revision()
    place, found = outcomes(client, untouched)
    assert found == {}
    client.post(place, {})
    assert (HistoryEntry.objects.count(), current_revision()) == stood
    assert not Batch.objects.exists()
    place, found = outcomes(client, typed)
    wanted = {(code, name) for code, cells in TYPED.items() for name in cells}
    assert found == dict.fromkeys(wanted, Outcome.NEW)
    assert client.post(place, {}).status_code == 302
    rows = KpiValue.objects.filter(month=MONTH).exclude(indicator__code="5-3")
    said = {row.indicator.code: (row.value, row.numerator, row.denominator) for row in rows}
    assert said == {"1-1": (36, None, None), "1-2": (0, None, None), "5-2": (None, 29, 152)}
