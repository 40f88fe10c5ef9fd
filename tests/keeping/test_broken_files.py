"""A file that is not a whole backup of ours is refused in one sentence, and nothing is written."""

import os
import sqlite3
import zipfile
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import Error

from osaki_dx.keeping import place, restore, seal, space
from osaki_dx.keeping.manifest import NAME
from osaki_dx.keeping.package import SETTINGS, Package, is_plain
from osaki_dx.wrong import Wrong
from tests.keeping.files import FILE, TABLE, forged, renamed, small, told
from tests.keeping.places import place_in

pytestmark = pytest.mark.pure


@pytest.fixture
def empty(tmp_path, settings):
    """A place for a restore."""
    folder = tmp_path / "empty"
    for name, value in place_in(folder).items():
        setattr(settings, name, value)
    return folder


def opened(path):
    with Package(path) as package:
        package.check_content()


def left(folder):
    """What is in a folder, but for the lock of a start."""
    return sorted(path.name for path in folder.glob("*") if path.name != "start.lock")


def test_a_whole_file_is_read(tmp_path):
    path = small(tmp_path / "a.zip")
    with Package(path) as package:
        package.check_content()
        assert list(package.lines(package.member(TABLE))) == [b"[1]", b"[2]"]
        assert b"".join(package.content(package.member(FILE))) == b"evidence"
    assert path.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    assert zipfile.ZipFile(path).testzip() is None


def test_one_changed_byte_anywhere_is_seen(tmp_path):
    path = small(tmp_path / "a.zip")
    whole = path.read_bytes()
    for at in (*range(0, len(whole), 7), *range(60), *range(len(whole) - 120, len(whole))):
        changed = bytearray(whole)
        changed[at] ^= 1 << (at % 8)
        path.write_bytes(changed)
        with pytest.raises(Wrong):
            opened(path)


def test_a_file_that_was_cut_off_is_seen(tmp_path):
    path = small(tmp_path / "a.zip")
    whole = path.read_bytes()
    for size in (*range(0, len(whole), 37), len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(Wrong):
            opened(path)
    path.write_bytes(whole[:-1])
    with pytest.raises(Wrong, match="途中で切れています"):
        opened(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(Wrong):
        opened(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text", b"SQLite format 3\0" * 50])
def test_something_else_is_no_backup(content, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(Wrong, match="このポータルのバックアップではありません"):
        opened(path)


def test_a_foreign_zip_is_no_backup(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("写真.jpg", b"x" * 1000)
        file.comment = seal.EMPTY
    with pytest.raises(Wrong, match="このポータルのバックアップではありません"):
        opened(path)


NEWER = [["desk", "0001_initial"], ["desk", "9999_of_tomorrow"]]
FORGED = {
    "a member is missing": ({"without": (FILE,)}, "がありません"),
    "the rows are missing": ({"without": (TABLE,)}, "がありません"),
    "the settings are missing": ({"without": (SETTINGS,)}, "がありません"),
    "no manifest": ({"without": (NAME,)}, "manifest.json がありません"),
    "one member more": ({"beside": [("files/more", b"x")]}, "目録にない"),
    "other rows": ({"changed": {TABLE: b"[3]\n[4]\n"}}, "壊れています"),
    "fewer rows": ({"changed": {TABLE: b"[1]\n"}}, "壊れています"),
    "another attachment": ({"changed": {FILE: b"evidencf"}}, "壊れています"),
    "a longer attachment": ({"changed": {FILE: b"evidence" * 9}}, "壊れています"),
    "a manifest that is none": ({"changed": {NAME: b"{"}}, "目録"),
    "a manifest that is a list": ({"changed": {NAME: b"[]"}}, "目録"),
    "a manifest with less": ({"changed": {NAME: b'{"format": 1}'}}, "目録"),
    "a manifest with more": ({"manifest": told(more=1)}, "目録"),
    "a newer format": ({"manifest": told(format=2)}, "新しい版"),
    "newer migrations": ({"manifest": told(migrations=NEWER)}, "新しい版"),
    "up and out": (renamed("files/../../out"), "置き場所の外"),
    "from the root": (renamed("/etc/out"), "置き場所の外"),
    "of Windows": (renamed("files\\..\\out"), "置き場所の外"),
    "a drive": (renamed("files/C:/out"), "置き場所の外"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_refused_and_nothing_is_written(name, tmp_path, empty):
    changes, words = FORGED[name]
    path = forged(tmp_path / "a.zip", **changes)
    with pytest.raises((Wrong, CommandError), match=words):
        call_command("restore", str(path), check=True)
    assert not empty.exists()
    if name not in ("other rows", "fewer rows"):  # those are met when the rows are read
        with pytest.raises((Wrong, CommandError), match=words):
            call_command("restore", str(path))
    assert not empty.exists() or left(empty) in ([], ["uploads"])
    assert not list(empty.rglob("out"))
    assert sorted(path.name for path in tmp_path.iterdir()) in (["a.zip"], ["a.zip", "empty"])


@pytest.mark.parametrize(
    ("name", "plain"),
    {
        "files/a/b": True,
        "files/髙﨑.pdf": True,
        "": False,
        ".": False,
        "..": False,
        "a/../b": False,
        "a/./b": False,
        "a//b": False,
        "/a": False,
        "a/": False,
        "a\\b": False,
        "C:a": False,
        "a\x00b": False,
    }.items(),
)
def test_names_that_stay_below(name, plain):
    assert is_plain(name) is plain


def test_a_place_that_is_not_empty_is_left_alone(tmp_path, empty):
    path = small(tmp_path / "a.zip", migrations=[])
    empty.mkdir()
    with closing(sqlite3.connect(empty / "portal.sqlite3")) as line:
        line.execute("CREATE TABLE somebody (id)")
        line.commit()
    before = (empty / "portal.sqlite3").read_bytes()
    with pytest.raises(Wrong, match="空ではありません"):
        call_command("restore", str(path))
    assert (empty / "portal.sqlite3").read_bytes() == before
    (empty / "portal.sqlite3").unlink()
    (empty / "uploads" / "attachments").mkdir(parents=True)
    with pytest.raises(Wrong, match="添付ファイルの置き場所"):
        call_command("restore", str(path))
    assert left(empty) == ["uploads"]


def test_too_little_room_is_said_before(tmp_path, empty, monkeypatch):
    monkeypatch.setattr(space, "free", lambda folder: 1000)
    with pytest.raises(Wrong, match="空きが足りません"):
        call_command("restore", str(small(tmp_path / "a.zip", migrations=[])))
    assert left(empty) == []


def begins(connection, package):
    """What `fill` does at first."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE begun (id integer)")


def fails(*_):
    raise Wrong("途中でだめになりました。")


def breaks(*_):
    raise Error("途中で\nだめになりました")


@pytest.mark.parametrize("where", ["rows", "database", "database file", "attachments"])
def test_a_restore_that_fails_in_the_middle_leaves_nothing(
    where, tmp_path, empty, monkeypatch, django_db_blocker
):
    path = small(tmp_path / "a.zip", migrations=[])
    fill = {"rows": fails, "database": breaks}.get(where, begins)
    monkeypatch.setattr(restore, "fill", fill)
    if where == "attachments":
        monkeypatch.setattr(place.Staged, "move_in", fails)
    if where == "database file":
        usual = os.replace

        def replace(source, target):
            if str(target).endswith("portal.sqlite3"):
                fails()
            usual(source, target)

        monkeypatch.setattr(place.os, "replace", replace)
    with django_db_blocker.unblock(), pytest.raises(Wrong, match="途中で"):
        call_command("restore", str(path))
    assert left(empty) == ["uploads"]
    assert left(empty / "uploads") == []


def test_after_a_restore_that_was_killed_the_place_still_counts_as_empty(
    tmp_path, empty, monkeypatch, django_db_blocker
):
    path = small(tmp_path / "a.zip", migrations=[])
    (empty / "uploads" / ".restoring" / "half").mkdir(parents=True)
    (empty / "portal.sqlite3.restoring").write_bytes(b"half")
    (empty / "portal.sqlite3").touch()
    monkeypatch.setattr(restore, "fill", begins)
    with django_db_blocker.unblock():
        call_command("restore", str(path))
    assert left(empty) == ["portal.sqlite3", "uploads"]
    assert (empty / "uploads" / "attachments" / "aa" / "aaaa").read_bytes() == b"evidence"


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "no.zip", tmp_path):
        with pytest.raises(CommandError, match="がありません"):
            call_command("restore", str(path))
