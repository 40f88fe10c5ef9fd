"""The pictures of the README are made here, of the sample town on a fixed day, so that none ages.

`docs/screenshots/texts.json` keeps what each page said when its picture was taken (a digest). When
a page says something else by now, this fails and names it; a run with PORTAL_PICTURES=1 takes
all pictures again.
"""

import hashlib
import json
import os
import re

import pytest
import time_machine
from django.conf import settings

from headquarters.meetings.models import Meeting

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-09 01:00+00:00"
FOLDER = settings.BASE_DIR / "docs" / "screenshots"
TEXTS = FOLDER / "texts.json"


def pages():
    """{name of the picture: (who looks, address)}."""
    coming = Meeting.objects.order_by("-held_on")[0].pk
    return {
        "home": ("jimukyoku", "/"),
        "dashboard": ("honbu", "/dashboard/?at=2026-10"),
        "entry": ("jimukyoku", "/kpis/entry/2026-10/"),
        "roadmap": ("soumu-kacho", "/roadmap/"),
        "pdca": ("honbu", "/reviews/2026-mid/1/"),
        "meeting": ("honbu", f"/meetings/{coming}/present/"),
        "reports": ("jimukyoku", "/reports/"),
    }


MADE = re.compile(r"\d+月\d+日 \d+:\d+ の入力まで")
WORDS = """() => {
  for (const drawn of document.querySelectorAll("svg, .js-plotly-plot")) drawn.remove();
  return document.body.innerText;
}"""  # charts are drawn when they come into sight: how many are by now is chance


def said(page):
    """A digest of what a page says, whatever the fonts and whenever the town was made."""
    words = " ".join(page.evaluate(WORDS).split())
    return hashlib.sha256(MADE.sub("", words).encode()).hexdigest()[:16]


def test_the_pictures_of_the_readme_are_of_today(visitor):
    taking, kept = bool(os.environ.get("PORTAL_PICTURES")), {}
    with time_machine.travel(NOW, tick=True):
        for name, (username, address) in pages().items():
            person = visitor()
            person.come_as(username)
            person.open(address)
            person.page.wait_for_load_state("networkidle")
            if taking:
                person.page.screenshot(path=FOLDER / f"{name}.png")
            kept[name] = said(person.page)
    if taking:
        TEXTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    assert json.loads(TEXTS.read_text(encoding="utf-8")) == kept, "take them again: see above"
    shown = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    for name in kept:
        assert (FOLDER / f"{name}.png").exists()
        assert f"docs/screenshots/{name}.png" in shown
