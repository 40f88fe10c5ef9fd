"""The figures of a page and the rows of the lists they lead to."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Figures(HTMLParser):
    """Every `data-count` with the address it leads to, every `data-rows`, every link."""

    counts: list[tuple[str, int]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if "data-count" in given:
            self.counts.append((given["href"], int(given["data-count"])))
        if "data-rows" in given:
            self.rows.append(int(given["data-rows"]))

    @classmethod
    def on(cls, answer) -> "Figures":
        """Of a page."""
        found = cls()
        found.feed(answer.content.decode())
        return found
