"""The words that are not said (docs/words.md §3), and where the portal speaks."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("foundation", "headquarters", "kpi", "measures", "osaki_dx", "roadmap")
DOCUMENT = ROOT / "docs" / "words.md"
MANUAL = (ROOT / "README.md", ROOT / "docs" / "operations.md", ROOT / "docs" / "reviews.md")
TYPED = ROOT / "headquarters" / "desk" / "search" / "finding.py"  # words that people look for
COMMENT = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|/\*.*?\*/|<!--.*?-->", re.DOTALL
)
LINE_COMMENT = re.compile(r"(?m)(?<![:\"'])//.*$")
PLACES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Pair:
    """What is said, a word that is not, and the phrases that may hold that word all the same."""

    say: str
    never: str
    but: tuple[str, ...]

    def stands_in(self, text: str) -> bool:
        """Is the word in the text, outside of the phrases?"""
        for phrase in self.but:
            text = text.replace(phrase, "")
        return self.never in text


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("·") if part.strip()]


def pairs() -> list[Pair]:
    """Every row of the table of docs/words.md §3."""
    section = DOCUMENT.read_text(encoding="utf-8").split("\n## 3.")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [
        Pair(say.strip(), never, tuple(_parts(but)))
        for say, nevers, but in rows[1:]
        for never in _parts(nevers)
    ]


def found_in(text: str, known: list[Pair]) -> list[str]:
    """「締切 (say 提出期限)」 for each word that should not stand in the text."""
    return [f"{pair.never} (say {pair.say})" for pair in known if pair.stands_in(text)]


def _without_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, PLACES) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]


def said_in_python(path: Path) -> str:
    """Every text of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    _without_docstrings(tree)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return "\n".join(text for text in texts if isinstance(text, str))


def said_in_markup(path: Path) -> str:
    """A template or a script without its comments."""
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    return LINE_COMMENT.sub("", text) if path.suffix == ".js" else text


def spoken() -> list[tuple[Path, str]]:
    """Every file in which the portal speaks, with what it says."""
    modules = [*ROOT.glob("*.py"), *(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))]
    markup = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("*.js")]
    return [
        *((p, said_in_python(p)) for p in modules if "migrations" not in p.parts and p != TYPED),
        *((p, said_in_markup(p)) for p in markup),
        *((p, p.read_text(encoding="utf-8")) for p in MANUAL),
        *((p, p.read_text(encoding="utf-8")) for p in (ROOT / "fixtures/sample").glob("*.json")),
    ]
