"""Axe on the page as it stands, its contrast only where it has not been measured in this run.

Contrast is four fifths of what axe costs, and most of a page has been on another page before: the
menu, the row that another role sees too. All other rules look at the whole page every time. A part
is known by all that its contrast depends on: its elements, its size, and in which colours, letters
and strength each of them and everything around it is drawn at this moment.
"""

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

TAGS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what passes is not told element by element
}
LARGE = 1500  # letters: what is longer is looked at child by child

PARTS = """(large) => {
  const LOOKS = ["color", "background-color", "background-image", "opacity", "font-size",
    "font-weight", "filter", "mix-blend-mode", "text-shadow", "visibility", "display"];
  const [elements, said] = [[], []];
  const looks = (each) => {
    const style = getComputedStyle(each);
    return LOOKS.map((name) => style.getPropertyValue(name)).join(" ");
  };
  const words = (each) => {
    const copy = each.cloneNode(true);
    copy.querySelectorAll("[type=hidden]").forEach((hidden) => hidden.remove());
    return copy.outerHTML;
  };
  const walk = (each, around) => {
    if (!each.checkVisibility()) return;
    const small = each.outerHTML.length <= large || each.localName === "svg";
    if (small || !each.children.length) {
      const drawn = [each, ...each.querySelectorAll("*")].map(looks).join("\\n");
      const { width, height } = each.getBoundingClientRect();
      elements.push(each);
      said.push([around, words(each), `${width.toFixed()}x${height.toFixed()}`, drawn].join("\\n"));
    } else {
      const here = `${around}\\n${looks(each)}`;
      for (const child of each.children) walk(child, here);
    }
  };
  walk(document.documentElement, "");
  return { elements, said, covered: Boolean(document.querySelector(":modal")) };
}"""

RUN = """async ([parts, known, options]) => {
  const measured = known.map((at) => parts.elements[at]);
  const rule = axe._audit.rules.find((each) => each.id === "color-contrast");
  const plain = (rule.plain ??= rule.matches);
  rule.matches = function (node, ...more) {
    return !measured.some((part) => part.contains(node)) && plain.call(this, node, ...more);
  };
  const { violations } = await axe.run(options);
  return { violations };
}"""


@cache
def clean_folder() -> Path:
    """Where a mark lies for everything that was found clean in this run."""
    shared = os.environ.get("TOWN_PICTURES")
    folder = Path(shared or tempfile.mkdtemp()) / "clean"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def mark_of(text: str) -> Path:
    """The mark of what is drawn so."""
    return clean_folder() / hashlib.sha256(text.encode()).hexdigest()


def violations(page) -> str:
    """What axe finds on the page; "" when that is nothing."""
    parts = page.evaluate_handle(PARTS, LARGE)
    marks = [mark_of(said) for said in parts.evaluate("(all) => all.said")]
    known = [at for at, mark in enumerate(marks) if mark.exists()]
    page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(RUN, [parts, known, TAGS]))
    if found.violations_count:
        return found.generate_report()
    if not parts.evaluate("(all) => all.covered"):  # what lies under a dialog was not measured
        for mark in marks:
            mark.touch()
    return ""
