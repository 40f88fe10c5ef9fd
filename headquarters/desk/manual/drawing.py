"""A file of docs/manual/ → a Page.

The files are Markdown (CommonMark and tables; HTML in them is shown as text, never obeyed). One
`# title`; each `## heading {#key}` begins a section, whose key must be given, so that links to it
outlive its wording. Links from file to file lead to the pages, pictures are served from /help/.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from headquarters.desk.manual.contents import ENTRIES
from headquarters.desk.manual.page import Page, Section

FOLDER = settings.BASE_DIR / "docs" / "manual"
PICTURES = FOLDER / "pictures"
HEADING = re.compile(r"(?P<title>.+?) *\{#(?P<key>[a-z0-9-]+)\}$")
PAGE = re.compile(r"(?P<key>[a-z0-9-]+)\.md(?P<at>#[a-z0-9-]+)?$")
READER = MarkdownIt("commonmark", {"html": False}).enable("table")
READER.add_render_rule("softbreak", lambda *_: "")  # Japanese has no blank where a line ends


@cache
def pages() -> dict[str, Page]:
    """Every page by its key, in order. Read once: the files come with the program."""
    return {entry.key: drawn(entry.key, _source(entry.key)) for entry in ENTRIES}


def _source(key: str) -> str:
    return (FOLDER / f"{key}.md").read_text(encoding="utf-8")


def drawn(key: str, source: str) -> Page:
    """The page of a file's text."""
    title, *parts = _parts(READER.parse(source))
    lead, *sections = parts
    summary = _words(lead[1]).partition("。")[0] + "。"
    return Page(
        key,
        title[0],
        _html(lead[1], title[0]),
        summary,
        tuple(_section(heading, tokens) for heading, tokens in sections),
    )


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[str, list[Token]]]:
    """The title with nothing, the lead without a heading, each section with its own."""
    yield tokens[1].content, []
    heading, body = "", list[Token]()
    rest = iter(tokens[3:])
    for token in rest:
        if token.type == "heading_open" and token.tag == "h2":
            yield heading, body
            heading, body = next(rest).content, []
            next(rest)
        else:
            body.append(token)
    yield heading, body


def _section(heading: str, tokens: list[Token]) -> Section:
    found = HEADING.match(heading)
    if not found:
        raise ValueError(f"docs/manual: 「{heading}」 has no {{#key}}")
    return Section(found["key"], found["title"], _html(tokens, found["title"]), _words(tokens))


def _words(tokens: Sequence[Token]) -> str:
    """What is read, without signs: pictures by what they show."""
    lines = [token.children or [] for token in tokens if token.type == "inline"]
    return "\n".join("".join(each.content for each in line) for line in lines)


def _html(tokens: list[Token], title: str) -> SafeString:
    """The tokens as HTML. All text in it is escaped by the renderer, which knows no raw HTML."""
    tables = 0
    for token in tokens:
        if token.type == "table_open":
            tables += 1
            token.attrs = {
                "class": "dx-table",
                "aria-label": f"{title}の表{tables if tables > 1 else ''}",
            }
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}
        elif token.type == "inline":
            for child in token.children or []:
                _lead_on(child)
    return mark_safe(READER.renderer.render(tokens, READER.options, {}))  # noqa: S308


def _lead_on(token: Token) -> None:
    """Addresses of the files become addresses of the portal; a picture says how large it is."""
    if token.type == "link_open":
        found = PAGE.match(str(token.attrs["href"]))
        if found:
            token.attrs["href"] = reverse("desk:manual", args=[found["key"]]) + (found["at"] or "")
    elif token.type == "image":
        name = Path(str(token.attrs["src"])).name
        width, height = size_of(PICTURES / name)
        token.attrs |= {
            "src": reverse("desk:manual_picture", args=[name]),
            "width": width,
            "height": height,
            "loading": "lazy",
        }


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a lossy WebP, which stand at a fixed place of the file."""
    head = picture.read_bytes()[:30]
    if head[8:16] != b"WEBPVP8 ":
        raise ValueError(f"{picture.name} is no plain WebP")
    return (
        int.from_bytes(head[26:28], "little") & 0x3FFF,
        int.from_bytes(head[28:30], "little") & 0x3FFF,
    )
