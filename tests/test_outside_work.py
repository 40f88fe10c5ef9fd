"""Nothing slow is done while other writers wait: no mail, network, program or workbook.

A transaction holds the place of the one who writes (docs/adr/0037). Every press of a button is made
once, with real commits, and whatever is slow tells when it was called inside of one.
"""

import smtplib
import socket
import subprocess
from zipfile import ZipFile

import pytest
from django.db import connection
from openpyxl import Workbook
from openpyxl.reader.excel import ExcelReader

from tests.test_at_once import PRESSES, browsers, clerk, sent, town  # noqa: F401 (a fixture)

SLOW = [
    (Workbook, "save"),
    (ExcelReader, "read"),
    (ZipFile, "writestr"),
    (smtplib.SMTP, "sendmail"),
    (socket.socket, "connect"),
    (subprocess.Popen, "__init__"),
]


@pytest.mark.pure  # what is called inside of a transaction is decided in Python
def test_no_press_does_slow_work_while_others_wait(town, monkeypatch):  # noqa: F811
    (browser,) = browsers([clerk()])
    met: list[str] = []

    def watched(owner, name):
        plain = getattr(owner, name)

        def call(*args, **kwargs):
            if connection.in_atomic_block:
                met.append(f"{owner.__name__}.{name}")
            return plain(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    for owner, name in SLOW:
        watched(owner, name)
    found = {}
    for name, press in PRESSES.items():
        press.ready()
        data = sent(browser, press)
        met.clear()
        assert browser.post(press.url(), data, bare=True).status_code == press.done, name
        if met:
            found[name] = set(met)
    assert found == {}
    assert len(PRESSES) > 80
