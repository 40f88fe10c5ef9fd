"""One configuration for every command: a settings file and the environment, read here only.

The file is `osaki.env`: the one named by `--config` (`OSAKI_DX_CONFIG`), else that of the data
folder, else that of the checkout. The environment wins over the file. A name that nobody reads and
a value that nobody understands are refused in one Japanese sentence, never passed over.

Standard library only: `run.py` reads this before anything is installed.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from osaki_dx.variables import VARIABLES, Wrong

ROOT = Path(__file__).resolve().parent.parent
FILE = "osaki.env"
NAMED = "OSAKI_DX_CONFIG"
DATA = "OSAKI_DX_DATA_DIR"
PATHS = (DATA, "OSAKI_DX_LOG_FILE")  # in a settings file they are meant from its folder
OPTION = "--config"
KNOWN = {variable.name: variable for variable in VARIABLES}
WHERE = "使える名前は docs/operations.md にあります。"
ALIKE = 0.9  # how like a known name a foreign variable must be to be taken for a slip
REQUIRED = ("OSAKI_DX_SECRET_KEY", "OSAKI_DX_ALLOWED_HOSTS")


class Configuration:
    """The texts that were given, each checked; a variable left empty was not given."""

    def __init__(self, texts: dict, file: Path | None, folder: Path):
        self.texts, self.file, self.folder = texts, file, folder
        self.values = {name: KNOWN[name].read(text) for name, text in texts.items()}
        if self["OSAKI_DX_PRODUCTION"]:
            self._require()

    def _require(self) -> None:
        missing = [name for name in REQUIRED if name not in self.texts]
        if missing:
            names = "、".join(missing)
            raise Wrong(f"本番モードで起動できません。環境変数 {names} を設定してください。")

    def __getitem__(self, name: str):
        """The value of a variable, or its default."""
        return self.values.get(
            name,
            KNOWN[name].default,
        )

    def without_secrets(self) -> str:
        """What was given, as a settings file; what nobody else may know is left out."""
        told = ((name, KNOWN[name].open(text)) for name, text in sorted(self.texts.items()))
        return "".join(f"{name}={text}\n" for name, text in told if text)

    def given(self, name: str, default):
        """The value of a variable, or a default that depends on others."""
        return self.values.get(name, default)


def take_option(argv: list, environ) -> list:
    """The command line without `--config FILE`, which is put into the environment."""
    left: list = []
    words = iter(argv)
    for word in words:
        name, _, value = word.partition("=")
        if name != OPTION:
            left.append(word)
            continue
        value = value or next(words, "")
        if not value:
            raise Wrong(f"{OPTION} の後に、設定ファイルの名前を書いてください。")
        environ[NAMED] = str(Path(value).resolve())
    return left


def load(environ=os.environ, root: Path = ROOT, *, look: bool = True) -> Configuration:
    """The configuration of this process. Wrong when there is something to mend.

    `look=False`: only a file that is named counts (tests run on no town's settings).
    """
    in_environment = _from_environment(environ)
    folder = Path(in_environment.get(DATA) or root / "var").resolve()
    file = _file(
        in_environment,
        (folder, root) if look else (),
    )
    in_file = _from_file(file) if file else {}
    texts = {**in_file, **in_environment}
    folder = Path(texts.get(DATA) or root / "var").resolve()
    if DATA in texts:
        texts[DATA] = str(folder)
    _refuse_two(
        file,
        in_environment,
        folder,
    )
    return Configuration(texts, file, folder)


def _from_environment(environ) -> dict:
    for name in environ:
        if name not in KNOWN and _is_meant_for_us(name):
            raise Wrong(_unknown(f"環境変数 {name}", name))
    return {name: environ[name].strip() for name in KNOWN if environ.get(name, "").strip()}


def _is_meant_for_us(name: str) -> bool:
    if name.upper().startswith("OSAKI"):
        return True
    return bool(
        difflib.get_close_matches(
            name.upper(),
            KNOWN,
            1,
            ALIKE,
        )
    )


def _unknown(where: str, name: str) -> str:
    alike = difflib.get_close_matches(name.upper(), KNOWN, 1, 0.6)
    guess = f"（{alike[0]} の間違いではありませんか）" if alike else ""
    return f"{where} は、このポータルの設定にない名前です{guess}。{WHERE}"


def _file(in_environment: dict, places: tuple) -> Path | None:
    named = in_environment.get(NAMED)
    if named:
        path = Path(named).resolve()
        if not path.is_file():
            raise Wrong(f"設定ファイル {path} がありません。{OPTION} の名前を確かめてください。")
        return path
    return next((place / FILE for place in places if (place / FILE).is_file()), None)


def _refuse_two(file: Path | None, in_environment: dict, folder: Path) -> None:
    """A file that names a data folder with a file of its own: which of the two is meant?"""
    other = folder / FILE
    if not file or NAMED in in_environment or file == other or not other.is_file():
        return
    raise Wrong(
        f"設定ファイルが2つあります（{file} と {other}）。"
        f"1つにするか、{OPTION} でどちらかを指定してください。"
    )


def _from_file(path: Path) -> dict:
    """{name: text} of a settings file; relative paths are meant from its folder."""
    found: dict = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        where = f"設定ファイル {path} の{number}行目"
        name, text = _pair(where, line)
        if name in found:
            raise Wrong(f"{where}: {name} が2回書かれています。1つにしてください。")
        found[name] = text
    for name in PATHS:
        if found.get(name):
            found[name] = str(path.parent / found[name])
    return {name: text for name, text in found.items() if text}


def _lines(path: Path) -> list:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Wrong(f"設定ファイル {path} を、文字コード UTF-8 で保存し直してください。") from None
    except OSError as error:
        raise Wrong(f"設定ファイル {path} を読めません（{error.strerror}）。") from None


def _pair(where: str, line: str) -> tuple:
    name, equals, text = line.partition("=")
    name, text = name.strip(), text.strip()
    if not equals:
        raise Wrong(f"{where} は「名前=値」の形で書いてください。")
    if name not in KNOWN or name == NAMED:
        raise Wrong(_unknown(f"{where}の {name}", name))
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return name, text
