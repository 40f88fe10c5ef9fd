"""Bodies that no browser sends, at the doors that take files: told in Japanese, nothing written.

Also texts as long as a request may be, and names of files that lead elsewhere.
"""

import re
from random import Random
from urllib.parse import unquote

import pytest
import time_machine

from foundation.records.models import Attachment
from tests.attacks.hostile import FORM, PARTS, Sent
from tests.attacks.watching import JAPANESE, entered, tried
from tests.test_at_once import NOW, PRESSES, clerk, found_town, sent

pytestmark = pytest.mark.pure  # what is read, before it is stored
PART = b"--x7Qz\r\nContent-Disposition: form-data; "
FILE = PART + b'name="file"; filename="a.pdf"\r\n'
END = b"--x7Qz--\r\n"
PDF = b"%PDF-1.7 x\r\n"
BODIES = {  # the content type, the body
    "no boundary": ("multipart/form-data", FILE + b"\r\n" + PDF + END),
    "an empty boundary": ("multipart/form-data; boundary=", FILE + b"\r\n" + PDF + END),
    "a boundary of 5,000 signs": ("multipart/form-data; boundary=" + "x" * 5000, END),
    "a boundary with half a character": ("multipart/form-data; boundary=\ud83d".encode(
        "utf-8", "surrogatepass").decode("latin-1"), END),
    "another boundary": ("multipart/form-data; boundary=other", FILE + b"\r\n" + PDF + END),
    "nothing": (PARTS, b""),
    "only the end": (PARTS, END),
    "no end": (PARTS, FILE + b"\r\n" + PDF),
    "cut in the header": (PARTS, FILE[:40]),
    "no headers": (PARTS, b"--x7Qz\r\n\r\nx\r\n" + END),
    "no name": (PARTS, PART + b"\r\n\r\nx\r\n" + END),
    "no blank line": (PARTS, FILE + PDF + END),
    "only line feeds": (PARTS, FILE.replace(b"\r", b"") + b"\n" + PDF + END),
    "a header of 100 KB": (PARTS, PART + b'name="' + b"x" * 100_000 + b'"\r\n\r\nx\r\n' + END),
    "a hundred headers": (PARTS, FILE + b"X-A: b\r\n" * 100 + b"\r\n" + PDF + END),
    "NUL in the name": (PARTS, PART + b'name="fi\0le"; filename="a\0.pdf"\r\n\r\n' + PDF + END),
    "bytes that are no text": (PARTS, PART + b'name="\xff\xfe"\r\n\r\n\xed\xa0\x80\r\n' + END),
    "a part in a part": (
        PARTS,
        PART + b'name="file"\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n'
        b'Content-Disposition: file; filename="b.pdf"\r\n\r\nx\r\n--y--\r\n' + END,
    ),
    "base64 that is none": (
        PARTS, FILE + b"Content-Transfer-Encoding: base64\r\n\r\n!!!=\r\n" + END),
    "an encoding nobody knows": (
        PARTS, FILE + b"Content-Type: text/plain; charset=hex\r\n\r\n" + PDF + END),
    "a file as text": (PARTS, PART + b'name="file"\r\n\r\n' + PDF + END),
    "a text as file": (PARTS, PART + b'name="once"; filename="x"\r\n\r\nx\r\n' + END),
    "200 files": (PARTS, (FILE + b"\r\n" + PDF) * 200 + END),
    "3,000 fields": (PARTS, (PART + b'name="a"\r\n\r\nx\r\n') * 3000 + END),
    "3,000 fields in one line": (FORM, b"a=1&" * 3000),
    "another kind": ("application/json", b'{"text": "x"}'),
    "XML": ("text/xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "no kind": ("", b"text=x"),
    "a kind that is none": ("\x00/;;=;", b"text=x"),
    "broken escapes": (FORM, b"%=%G1&%u3042=%ED%A0%80&=&&==&text=%00"),
}  # fmt: skip
WITH_FILES = ("kpi:evidence_add", "accounts:user_import", "intake:receive")
PLAIN = {"accounts:user_import": "/accounts/users/import/", "intake:receive": "/kpis/intake/files/"}


@pytest.fixture
def town(db):
    with time_machine.travel(NOW, tick=False):
        found_town()
        yield entered(clerk())


def place_of(name: str) -> str:
    return PRESSES[name].url() if name in PRESSES else PLAIN[name]


@pytest.mark.parametrize("name", WITH_FILES)
def test_a_body_that_no_browser_sends_is_told_and_writes_nothing(name, town):
    faults = {}
    for case, (kind, body) in BODIES.items():
        came = tried(town, place_of(name), body, kind)
        wrong = came.faults()
        if came.status not in (400, 413, 422) or came.changed:
            wrong.append(f"answered {came.status}, changed {sorted(came.changed)}")
        if wrong:
            faults[case] = wrong
    assert faults == {}


LONG = {  # a text of so many signs → the status that it may have
    9_900_000: (200, 422),
    11_000_000: (413,),
}


@pytest.mark.parametrize("size", LONG)
@pytest.mark.parametrize("name", ["kpi:value_edit", "measures:handover", "kpi:evidence_add"])
def test_a_text_of_ten_megabytes_is_told(name, size, town):
    press = PRESSES[name]
    data = {"1-1-value": "x" * size, "text": "x" * size, "once": "y" * 20}
    body, kind = Sent.of(data if size > 10_000_000 else {"1-1-note": "x" * size}).encoded(Random(1))
    came = tried(town, press.url(), body, kind)
    assert came.status in LONG[size]
    assert came.faults() == []
    assert JAPANESE.search(came.answer.content[:20_000].decode(errors="replace"))


NAMES = {
    "a path": ("../../../etc/passwd.pdf", "passwd.pdf"),
    "a path of Windows": ("..\\..\\Windows\\system.pdf", "system.pdf"),
    "a drive": ("C:\\a\\b.pdf", "b.pdf"),
    "lines": ("a\r\nSet-Cookie: x=1\r\n.pdf", None),
    "quotes": ('a";x="b.pdf', None),
    "right to left": ("a\u202efdp.exe.pdf", None),
    "NUL": ("a\x00.pdf", None),
    "300 signs": ("長" * 300 + ".pdf", None),
    "not ASCII": ("証拠（１０月）😀.pdf", "証拠（１０月）😀.pdf"),
    "percent": ("%2e%2e%2fa%0d%0a.pdf", "%2e%2e%2fa%0d%0a.pdf"),
    "a formula": ("=cmd|'x'!A0.pdf", None),
    "markup": ("<script>.pdf", None),
    "only dots": ("....pdf", None),
    "a device of Windows": ("CON.pdf", None),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_of_a_file_leads_nowhere(case, town, data_dir):
    """Stored below the uploads by its hash, handed out under a plain name in one header."""
    given, wanted = NAMES[case]
    press = PRESSES["kpi:evidence_add"]
    data = {name: value for name, value in sent(town, press).items() if name != "file"}
    form = Sent.of(data)
    form.pairs.append(("file", (given, b"%PDF-1.7 x")))
    body, kind = form.encoded(Random(0))
    answer = town.generic("POST", press.url(), body, content_type=kind)
    assert answer.status_code in (302, 400, 422)
    for row in Attachment.objects.all():
        assert not re.search(r'[\x00-\x1f"<>/\\|\u202e]', row.name)
        assert len(row.name) <= 150
        assert wanted in (None, row.name)
        stored = (data_dir / "uploads" / row.file.name).resolve()
        assert (data_dir / "uploads").resolve() in stored.parents
        download = town.get(f"/kpis/files/{row.pk}/")
        assert download.status_code == 200
        said = download["Content-Disposition"]
        assert said.startswith("attachment")
        assert not re.search(r"[\r\n/\\]", said.replace('\\"', ""))
        coded = re.search(r"filename\*=utf-8''(\S+)", said)
        assert not coded or not re.search(r'[\r\n/\\"]', unquote(coded[1]))
    drawn = {"uploads", "theme"}
    files = [file.relative_to(data_dir) for file in data_dir.rglob("*") if file.is_file()]
    outside = [file for file in files if file.parts[0] not in drawn]
    assert outside == []
    assert Attachment.objects.count() == (answer.status_code == 302)
    assert wanted is None or Attachment.objects.exists()
