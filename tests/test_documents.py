"""Documents and code agree: whatever a docstring, a comment or a page cites can be opened.

A document is cited by its path from the top of the repository, with its section where it has one.
"""

import re
from pathlib import Path

import pytest

from tests.words import pairs

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted((ROOT / "docs").rglob("*.md"))
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCUMENTS]
FOLDERS = (
    *("foundation", "headquarters", "kpi", "measures", "osaki_dx", "roadmap"),
    *("templates", "static", "tests", "docs"),
)
TEXTS = {".py", ".html", ".css", ".js", ".toml", ".md"}
FILES = sorted(
    path
    for path in [*ROOT.glob("*"), *(path for name in FOLDERS for path in (ROOT / name).rglob("*"))]
    if path.suffix in TEXTS and path.is_file()
)
WIDTH = 132

DOCUMENT_PATH = re.compile(r"(?<![\w./\"-])[\w./-]+\.md\b")
SECTIONS = re.compile(r"(docs/[\w/-]+\.md)\s+§(\d+)(?:–(\d+))?(?:\s+and\s+§(\d+))?")
HEADING = re.compile(r"^##\s+(\d+)\.\s", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)")
DECISION = re.compile(r"\bADR (\d+)")
pytestmark = pytest.mark.pure


def text_of(path):
    return path.read_text(encoding="utf-8")


def without_comment_marks(text):
    """A citation may be broken at the end of a comment line."""
    return re.sub(r"\n\s*#\s?", " ", text)


def headings(document):
    return {int(number) for number in HEADING.findall(text_of(ROOT / document))}


def cited_sections(text):
    """(document, section number) of every citation; §2–4 is three sections."""
    for document, first, last, other in SECTIONS.findall(without_comment_marks(text)):
        for number in range(int(first), int(last or first) + 1):
            yield document, number
        if other:
            yield document, int(other)


def word_pairs():
    """(right form, wrong form) of each line of the third section of the word list."""
    for pair in pairs():
        yield pair.say, pair.never


def test_there_is_something_to_check():
    cited = [found for path in FILES for found in cited_sections(text_of(path))]
    assert len(cited) > 40
    assert len(list(word_pairs())) > 8


def test_documents_that_are_named_exist():
    missing = [
        (str(path.relative_to(ROOT)), name)
        for path in FILES
        for name in DOCUMENT_PATH.findall(text_of(path))
        if not (ROOT / name).exists() and not (path.parent / name).exists()
    ]
    assert not missing


def test_sections_that_are_named_exist():
    missing = [
        (str(path.relative_to(ROOT)), document, number)
        for path in FILES
        for document, number in cited_sections(text_of(path))
        if number not in headings(document)
    ]
    assert not missing


def test_a_section_in_the_code_says_of_which_document():
    alone = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.suffix == ".py" and path != Path(__file__)
        if "§" in SECTIONS.sub("", without_comment_marks(text_of(path)))
    ]
    assert not alone


def test_decisions_that_are_named_exist():
    known = {int(path.name[:4]) for path in DECISIONS}
    assert known == set(range(1, len(known) + 1))
    named = {
        (str(path.relative_to(ROOT)), int(number))
        for path in FILES
        for number in DECISION.findall(text_of(path))
    }
    assert not [found for found in named if found[1] not in known]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_headed_by_its_number_and_its_status(path):
    head = text_of(path).splitlines()[:3]
    assert head[0].startswith(f"# {int(path.name[:4])}. ")
    assert re.match(r"Status: \w+, \d{4}-\d\d-\d\d", head[2])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path):
    links = [link for link in LINK.findall(text_of(path)) if "://" not in link]
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_keep_their_width(path):
    assert not [line for line in text_of(path).splitlines() if len(line) > WIDTH]


def test_of_each_pair_of_words_one_is_right_and_the_word_list_uses_it():
    first_section = text_of(ROOT / "docs" / "words.md").split("## 3. ")[0]
    right_forms = {right for right, _ in word_pairs()}
    for _, wrong in word_pairs():
        assert wrong not in right_forms
        assert wrong not in first_section
