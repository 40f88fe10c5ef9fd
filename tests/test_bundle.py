"""The bundle: the program, its packages for both systems, what they are, and nothing of a town."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import run
from osaki_dx import bundling, installed, materials
from osaki_dx.machine import Stop
from tests.portal import ROOT
from tests.test_installed import lock_of, wheel

pytestmark = pytest.mark.pure
GIVEN = os.environ.get("TOWN_BUNDLE")  # a finished bundle, or `make`


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A small program with what must not leave the machine beside it; its packages are tiny."""
    root = tmp_path / "program"
    for name, text in {
        "run.py": "print()",
        "pyproject.toml": '[project]\nname = "osaki-dx"\nversion = "0.1.0"\n',
        "CHANGELOG.md": "# x\n\n## 2026-11-28 y\n",
        "foundation/deep/a.py": "1",
        "osaki.env": "OSAKI_DX_SECRET_KEY=x",
        "var/portal.sqlite3": "x",
        ".venv/bin/python": "x",
        ".venv-new/x": "x",
        "foundation/__pycache__/a.pyc": "x",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "requirements").mkdir()
    (root / "wheels").mkdir()
    text = wheel(root / "wheels", "odxparts", "1.0")
    lock_of(root, "postgres", text)
    for module in (bundling, installed):
        monkeypatch.setattr(module, "ROOT", root)
        monkeypatch.setattr(module, "requirements", lambda name: root / f"requirements/{name}.txt")
    monkeypatch.setattr(bundling, "MINORS", bundling.MINORS[:1])
    return root


@pytest.fixture
def made(program, tmp_path, capsys):
    """The bundle of the small program, by pip itself, out of the wheels that lie there."""
    assert run.main(["bundle", "--out", str(tmp_path / "out")]) == 0
    (path,) = (tmp_path / "out").iterdir()
    assert hashlib.sha256(path.read_bytes()).hexdigest() in capsys.readouterr().out
    return path


def test_it_holds_the_program_and_nothing_of_the_machine(made):
    with zipfile.ZipFile(made) as archive:
        names = set(archive.namelist())
    assert names == {
        f"osaki-dx-0.1.0-20261128/{name}"
        for name in (
            *("run.py", "pyproject.toml", "CHANGELOG.md", "foundation/deep/a.py"),
            *("requirements/postgres.txt", "wheels/odxparts-1.0-py3-none-any.whl"),
            *("SBOM.cdx.json", "INSTALL.ja.txt", "SHA256SUMS"),
        )
    }


def test_its_sums_are_of_every_file(made, tmp_path):
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "there")
    folder = tmp_path / "there" / made.stem
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    said = dict(reversed(line.split("  ")) for line in lines)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"]
    assert said == {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_its_bill_of_materials_names_every_package(made):
    with zipfile.ZipFile(made) as archive:
        said = json.loads(archive.read(f"{made.stem}/SBOM.cdx.json"))
    (part,) = said["components"]
    assert (part["name"], part["version"]) == ("odxparts", "1.0")
    assert part["purl"] == "pkg:pypi/odxparts@1.0"
    assert part["properties"][0]["name"] == "sha256:odxparts-1.0-py3-none-any.whl"
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.5")


def test_what_is_committed_goes_in_and_what_is_not_stays(program, tmp_path):
    if not shutil.which("git"):
        pytest.skip("git がある機械のときだけ")
    for words in (
        ["init", "-q"],
        ["add", "run.py", "foundation/deep/a.py", "osaki.env", ".venv/bin/python"],
        ["-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", "-C", str(program), *words], check=True)
    (program / "not committed").touch()
    (tmp_path / "copy").mkdir()
    bundling.copy_program(tmp_path / "copy")
    found = {path.name for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    assert found == {"run.py", "a.py"}


def test_a_package_that_is_not_there_is_said_with_system_and_python(program, tmp_path, capsys):
    lock_of(program, "postgres", f"odxgone==1.0 --hash=sha256:{'0' * 64}\n")
    assert run.main(["bundle", "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "Linux x86_64、Python 3.11 の部品を集められませんでした" in told
    assert list((tmp_path / "out").iterdir()) == []


def test_without_pip_it_says_so(monkeypatch):
    def none(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(bundling.subprocess, "run", none)
    with pytest.raises(Stop, match="pip がありません"):
        bundling.pip_command()


def test_each_python_that_is_supported_is_asked_for_on_both_systems():
    asked = [
        bundling.pip_options(Path("x"), tags, minor)
        for tags in bundling.SYSTEMS.values()
        for minor in bundling.MINORS
    ]
    assert {"win_amd64", "manylinux2014_x86_64"} <= {word for words in asked for word in words}
    assert all("--require-hashes" in words and "--no-deps" in words for words in asked)
    lowest = ".".join(map(str, run.LOWEST))
    assert bundling.MINORS[0] == lowest


@pytest.mark.parametrize("extra", ["base", "postgres"])
def test_the_lock_asks_nothing_of_the_machine_that_makes_the_bundle(extra):
    """pip judges such conditions by the Python that it runs on, not by the one it loads for."""
    text = (ROOT / f"requirements/{extra}.txt").read_text(encoding="utf-8")
    conditions = {line.split(";")[1].strip(" \\") for line in text.splitlines() if ";" in line}
    assert conditions <= {"implementation_name != 'pypy'"}


def test_the_lock_of_the_bundle_holds_the_smaller_one():
    def pinned(extra):
        text = (ROOT / f"requirements/{extra}.txt").read_text(encoding="utf-8")
        return {line.split()[0] for line in text.splitlines() if "==" in line}

    assert pinned("base") < pinned(bundling.LOCK)
    assert pinned("base") < pinned("test")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("License-Expression: MIT\n", [{"expression": "MIT"}]),
        ("License: BSD\n", [{"license": {"name": "BSD"}}]),
        (
            "License: x\nClassifier: License :: OSI Approved :: MIT License\n",
            [{"license": {"name": "MIT License"}}],
        ),
        (f"License: {'long ' * 40}\n", []),
        ("", []),
    ],
)
def test_a_licence_is_read_from_where_a_package_says_it(lines, said):
    about = materials.Parser().parsestr(f"Name: x\n{lines}")
    assert materials.licences_of(about) == said


@pytest.mark.skipif(not GIVEN, reason="TOWN_BUNDLE=make か、できたバンドルの名前を指定したときだけ")
def test_it_installs_and_starts_where_there_is_no_network(tmp_path):
    """Real packages, a network namespace with nothing but its own loopback."""
    if not shutil.which("unshare"):
        pytest.skip("ネットワークの名前空間を作れる Linux のときだけ")
    path = Path(GIVEN)
    if GIVEN == "make":
        path = bundling.make(tmp_path, bundling.pip_command())
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "there")
    folder = tmp_path / "there" / path.stem
    sums = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    subprocess.run(sums, cwd=folder, check=True)
    shutil.copyfile(ROOT / "tests/offline.py", folder / "tests/offline.py")
    base = Path(sys.base_prefix) / "bin" / "python3"
    done = subprocess.run(
        ["unshare", "-rn", str(base), str(folder / "tests/offline.py"), str(folder)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "開けた" in done.stdout
    assert list((folder / ".venv").glob("lib*/python*/site-packages/django"))
