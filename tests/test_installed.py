"""`.venv` holds exactly what the lock says; it is whole at every moment."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile

import pytest

from osaki_dx import installed
from osaki_dx.machine import Stop, stamp_of

pytestmark = pytest.mark.pure
BIN = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A program of three locks in a folder of its own; nothing is there yet."""
    (tmp_path / "requirements").mkdir()
    for extra in installed.COVERED_BY:
        lock_of(tmp_path, extra, f"{extra} 1")
    monkeypatch.setattr(installed, "ROOT", tmp_path)
    monkeypatch.setattr(installed, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(
        installed, "requirements", lambda extra: tmp_path / f"requirements/{extra}.txt"
    )
    return tmp_path


@pytest.fixture
def built(place, monkeypatch):
    """What was built, one lock after the other, by hands that install nothing."""
    told = []

    def create(folder):
        (folder / BIN).mkdir(parents=True)
        (folder / BIN / "tool").write_text(f"#!{folder}/{BIN}/python\n", encoding="utf-8")
        (folder / "pyvenv.cfg").write_text(f"command = venv {folder}\n", encoding="utf-8")

    def install(folder, lock):
        told.append(lock.read_text(encoding="utf-8"))
        (folder / "holds").write_text(told[-1], encoding="utf-8")

    monkeypatch.setattr(installed, "_create", create)
    monkeypatch.setattr(installed, "_install", install)
    monkeypatch.setattr(installed, "packages_of", what_stands_in)
    return told


def what_stands_in(folder):
    """The Python of an environment answers, when it is there."""
    return [(folder / "holds").read_text(encoding="utf-8")]


def lock_of(place, extra, text):
    (place / f"requirements/{extra}.txt").write_text(text, encoding="utf-8")


def test_it_is_built_once(built, place):
    installed.prepare("base")
    installed.prepare("base")
    assert built == ["base 1"]
    assert not (place / ".venv-new").exists()


def test_a_newer_lock_is_installed_and_an_older_one_again(built, place):
    """A way back that kept the newer packages was no way back."""
    for text in ("base 1", "base 2", "base 1"):
        lock_of(place, "base", text)
        installed.prepare("base")
        assert what_stands_in(place / ".venv") == [text]
    assert built == ["base 1", "base 2", "base 1"]
    assert not (place / ".venv-old").exists()


def test_what_holds_more_will_do(built, place):
    installed.prepare("test")
    installed.prepare("base")
    installed.prepare("postgres")
    assert built == ["test 1"]


def test_what_holds_less_will_not(built):
    installed.prepare("base")
    installed.prepare("postgres")
    installed.prepare("base")
    assert built == ["base 1", "postgres 1"]


def python_moved(place, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))


def interpreter_gone(place, monkeypatch):
    def packages_of(folder):
        if folder.name == ".venv":
            raise subprocess.CalledProcessError(127, "python")
        return what_stands_in(folder)

    monkeypatch.setattr(installed, "packages_of", packages_of)


def package_gone(place, monkeypatch):
    (place / ".venv/holds").write_text("another", encoding="utf-8")


def stamp_gone(place, monkeypatch):
    (place / ".venv" / installed.STAMP).unlink()


def stamp_of_before(place, monkeypatch):
    (place / ".venv" / installed.STAMP).write_text("4f6f683fd3ac", encoding="utf-8")


def folder_gone(place, monkeypatch):
    (place / ".venv").rename(place / "elsewhere")


@pytest.mark.parametrize(
    "fault",
    [python_moved, interpreter_gone, package_gone, stamp_gone, stamp_of_before, folder_gone],
)
def test_what_is_broken_or_of_another_python_is_built_anew(built, place, monkeypatch, fault):
    installed.prepare("base")
    fault(place, monkeypatch)
    installed.prepare("base")
    assert built == ["base 1", "base 1"]
    said = json.loads((place / ".venv" / installed.STAMP).read_text(encoding="utf-8"))
    assert said == {"lock": stamp_of(place / "requirements/base.txt"), "packages": ["base 1"]}


def test_what_cannot_be_installed_leaves_what_was_there(built, place, monkeypatch, capsys):
    installed.prepare("base")
    lock_of(place, "base", "base 2")

    def offline(folder, lock):
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(installed, "_install", offline)
    with pytest.raises(Stop, match="ネットワークにつながっているか"):
        installed.prepare("base")
    assert what_stands_in(place / ".venv") == ["base 1"]
    (place / installed.WHEELS).mkdir()
    with pytest.raises(Stop, match="SHA256SUMS"):
        installed.prepare("base")


def test_a_start_that_was_cut_short_goes_on_where_it_was(built, place):
    """Killed between the two renames: the new one is whole and stands beside."""
    installed.prepare("base")
    (place / ".venv").rename(place / ".venv-new")
    installed.prepare("base")
    assert built == ["base 1"]
    assert what_stands_in(place / ".venv") == ["base 1"]


def test_half_an_environment_beside_is_thrown_away(built, place):
    (place / ".venv-new").mkdir()
    (place / ".venv-new/half").write_text("", encoding="utf-8")
    installed.prepare("base")
    assert not (place / ".venv/half").exists()


def test_where_it_is_in_use_it_stays_and_says_so(built, place, monkeypatch):
    """Windows renames no folder whose Python runs."""
    installed.prepare("base")
    lock_of(place, "base", "base 2")
    rename = type(place).rename

    def refuse(old, new):
        if old.name == ".venv-new":
            raise OSError(13, "Permission denied")
        return rename(old, new)

    monkeypatch.setattr(type(place), "rename", refuse)
    with pytest.raises(Stop, match="ポータルと定時実行を止めてから"):
        installed.prepare("base")
    assert what_stands_in(place / ".venv") == ["base 1"]


@pytest.mark.skipif(os.name == "nt", reason="there programs stand in the place of scripts")
def test_scripts_know_where_they_will_be(built, place):
    installed.prepare("base")
    assert (place / ".venv/bin/tool").read_text(encoding="utf-8") == f"#!{place}/.venv/bin/python\n"
    assert ".venv-new" not in (place / ".venv/pyvenv.cfg").read_text(encoding="utf-8")


def test_a_link_is_replaced_and_what_it_led_to_stays(built, place, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "kept").write_text("", encoding="utf-8")
    try:
        (place / ".venv").symlink_to(other, target_is_directory=True)
    except OSError:
        pytest.skip("this machine makes no links")
    installed.prepare("base")
    assert (other / "kept").exists()
    assert not (place / ".venv").is_symlink()


@pytest.mark.parametrize("lacking", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_the_true_cause(place, monkeypatch, lacking):
    """Debian parts them from its Python."""
    find = installed.importlib.util.find_spec
    monkeypatch.setattr(
        installed.importlib.util, "find_spec", lambda name: None if name == lacking else find(name)
    )
    monkeypatch.setattr(installed.shutil, "which", lambda name: None)
    with pytest.raises(Stop, match="apt-get install python3-venv"):
        installed.prepare("base")
    assert not (place / ".venv").exists()


def test_a_folder_of_somebody_else_is_said(place, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(installed, "alone", refuse)
    with pytest.raises(Stop, match="持ち主の利用者で"):
        installed.prepare("base")


def wheel(folder, name, version):
    """A package of one line, as a wheel; its line of a lock."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    members = {
        f"{name}.py": f"VERSION = '{version}'\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{member},{sealed(text)},{len(text)}\n" for member, text in members.items())
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**members, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(member, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def sealed(text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256={digest.rstrip('=')}"


def test_a_real_environment_is_built_from_wheels_and_goes_back_to_the_older_lock(place):
    """With pip itself, and no network: `wheels` is all it may look at."""
    folder = place / installed.WHEELS
    folder.mkdir()
    older = wheel(folder, "odxparts", "1.0") + wheel(folder, "odxold", "1.0")
    newer = wheel(folder, "odxparts", "2.0") + wheel(folder, "odxnew", "1.0")
    for lock, held in ((newer, {"odxparts==2.0", "odxnew==1.0"}), (older, {"odxparts==1.0"})):
        lock_of(place, "base", lock)
        installed.prepare("base")
        assert installed.fits(place / ".venv", "base")
        ours = {name for name in installed.packages_of(place / ".venv") if "odx" in name}
        assert held <= ours
    assert ours == {"odxparts==1.0", "odxold==1.0"}
    assert not list(place.glob(".venv-*"))
