"""Static files: chapters of CSS served as one file, colours named once, lines that can be read."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

import run
from foundation.sheets import colours
from osaki_dx import refusals
from osaki_dx.finders import chapters, theme_file
from tests.test_architecture import FILES

ROOT = Path(__file__).resolve().parent.parent
TOKENS = ROOT / "static" / "css" / "00-tokens.css"
WRITTEN = sorted((ROOT / "static").rglob("*.css")) + sorted((ROOT / "static").rglob("*.js"))
HEX = re.compile(r"(?:#|%23)(?:[0-9a-fA-F]{3}){1,2}\b")
NAMED = {name: value for name, value in vars(colours).items() if name.isupper()}
pytestmark = pytest.mark.pure


def tokens() -> dict[str, str]:
    """{name without --dx-: colour} of the first chapter."""
    text = TOKENS.read_text(encoding="utf-8")
    return dict(re.findall(r"--dx-([\w-]+): (#[0-9a-f]{6});", text))


def test_the_chapters_are_found_as_one_file_in_their_order(data_dir):
    text = Path(finders.find("theme.css")).read_text(encoding="utf-8")
    places = [text.index(chapter.read_text(encoding="utf-8")) for chapter in chapters()]
    assert len(places) > 20
    assert places == sorted(places)
    assert places[0] == 0


def test_a_grade_has_one_badge():
    drawn = 'class="dx-grade '
    own = [
        path.name
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if drawn in path.read_text(encoding="utf-8")
    ]
    assert own == ["grade.html", "letter.html"], "take the component grade or letter"


def test_a_page_before_django_carries_its_style_which_the_policy_knows(settings):
    page = refusals.page(413).decode()
    assert "<style>" in page
    assert 'href="theme.css' not in page
    style = page.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"]


def test_no_chapter_is_served_by_itself(data_dir):
    assert finders.find("css/00-tokens.css") is None
    assert finders.find("app.js")
    listed = [name for finder in finders.get_finders() for name, _ in finder.list([])]
    assert listed.count("theme.css") == 1
    assert not [name for name in listed if name.startswith("css")]


def test_the_joined_file_is_written_again_only_when_a_chapter_has_changed(data_dir, settings):
    settings.BASE_DIR = data_dir
    chapter = data_dir / "static" / "css" / "10-ground.css"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("a { color: inherit; }\n", encoding="utf-8")
    first = theme_file().stat()
    assert theme_file().stat().st_ino == first.st_ino
    chapter.write_text("a { color: unset; }\n", encoding="utf-8")
    assert theme_file().read_text(encoding="utf-8") == "a { color: unset; }\n"


def test_collectstatic_gives_the_one_file_a_hashed_name(data_dir, settings):
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STATIC_ROOT = data_dir / "collected"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert len(list(settings.STATIC_ROOT.glob("theme.*.css"))) == 1
    assert not (settings.STATIC_ROOT / "css").exists()


def test_the_page_gets_the_file_from_the_running_portal(client, data_dir):
    answer = client.get("/static/theme.css")
    text = b"".join(answer.streaming_content).decode()
    assert answer.headers["Content-Type"].startswith("text/css")
    for chapter in chapters():
        assert chapter.read_text(encoding="utf-8") in text


def test_a_changed_chapter_changes_the_stamp_of_the_start(tmp_path, monkeypatch):
    for folder in ("requirements", "osaki_dx", "static/css"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("requirements/base.txt", "osaki_dx/finders.py", "static/css/10-ground.css"):
        (tmp_path / file).write_text("1", encoding="utf-8")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    before = run.static_stamp()
    (tmp_path / "static/css/10-ground.css").write_text("2", encoding="utf-8")
    assert run.static_stamp() != before


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_file_can_be_read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 350, "split by noun"
    assert [number for number, line in enumerate(lines, 1) if len(line) > 100] == []
    if path.suffix == ".css":
        assert [line for line in lines if line.count(";") > 1 and "data:" not in line] == []


@pytest.mark.parametrize(
    "path", [path for path in WRITTEN if path != TOKENS], ids=lambda path: path.name
)
def test_colours_stand_in_the_tokens_only(path):
    assert HEX.findall(path.read_text(encoding="utf-8")) == []


def test_every_token_that_is_used_is_defined_and_the_other_way_round():
    text = "".join(path.read_text(encoding="utf-8") for path in WRITTEN)
    used = set(re.findall(r"var\(--dx-([\w-]+)", text)) | set(
        re.findall(r'colour\("([\w-]+)"\)', text)
    )
    assert used == set(re.findall(r"--dx-([\w-]+):", text))


def test_python_draws_with_the_colours_of_the_style_sheet():
    css = tokens()
    shared = {name: value for name, value in NAMED.items() if not name.startswith("BOOK_")}
    assert shared == {name: css.get(name.lower().replace("_", "-")) for name in shared}


def test_no_other_python_file_holds_a_colour():
    quoted = re.compile(r"[\"'](?:#[0-9a-fA-F]{6}|(?:FF)?[0-9A-F]*[A-F][0-9A-F]*)[\"']")
    for path in FILES:
        if path.name == "colours.py":
            continue
        found = [
            text
            for text in quoted.findall(path.read_text(encoding="utf-8"))
            if len(text) in (8, 9, 10)
        ]
        assert found == [], path


def test_the_public_page_uses_colours_of_the_tokens():
    text = (ROOT / "headquarters" / "reports" / "public" / "style.css").read_text(encoding="utf-8")
    assert {colour if len(colour) == 7 else "#ffffff" for colour in HEX.findall(text)} <= set(
        tokens().values()
    )


def test_there_is_one_rule_of_space():
    """A gap before every row of buttons; words, dates and marks stay whole."""
    text = "".join(path.read_text(encoding="utf-8") for path in chapters())
    for rule in (
        r"section > \* \+ \.dx-actions,[^}]*margin-top: var\(--dx-s4\)",
        r"tbody th,\s+figcaption \{\s+text-wrap: pretty;\s+word-break: auto-phrase",
        r"\.dx-nowrap \{\s+white-space: nowrap",
        r"\.dx-table \.is-num \{[^}]*white-space: nowrap",
        r"\.dx-state \{[^}]*white-space: nowrap",
        r"\.dx-form \.form-control\[data-reads\],[^}]*max-width: 14rem",
    ):
        assert re.search(rule, text), rule
