"""A mark in every text that a person may write, and where it came out as more than a text."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

from tests.conftest import APPEND_ONLY, KEPT
from tests.doors import our_models

STARTS = ("=", "+", "-", "@", "\t=", "\r=")  # what a spreadsheet takes for a formula
MARK = "1+1|\"'></script></textarea><xs onxs=1>{{7*7}}"
SHORT = "<xs onxs>"  # for columns that hold little
TECHNICAL = {  # texts that no person writes, or that an address or a rule is read from
    "accounts.Department.code",
    "accounts.User.username",
    "accounts.User.password",
    "accounts.User.email",
    "feeds.FeedToken.digest",
    "feeds.FeedToken.number",
    "kpi.Indicator.code",
    "kpi.FormerLabel.code",
    "measures.OpenPoint.field",
    "measures.FormerMeasureLabel.number",
    "records.Attachment.content_type",
    "records.Attachment.sha256",
    "reviews.ReviewCycle.code",
}
ELSEWHERE = {"records.HistoryEntry", "records.UsedToken", "records.SampleLoad", "desk.Reminder"}


def fields_of_people() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column of text that somebody may fill in."""
    frozen = {*APPEND_ONLY, *KEPT}
    for model in our_models():
        label = model._meta.label
        if model._meta.db_table in frozen or label in ELSEWHERE:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            technical = f"{label}.{field.name}" in TECHNICAL or isinstance(field, models.SlugField)
            if is_text and not field.flatchoices and not technical:
                yield model, field


def put_marks() -> list[str]:
    """Write the mark into all of them; which they are. Each row has its own, so that all differ."""
    found = []
    for number, (model, field) in enumerate(fields_of_people()):
        room = field.max_length or 500
        mark = f"{STARTS[number % len(STARTS)]}{MARK}"
        text = (mark if room > len(mark) + 6 else SHORT)[: max(room - 6, 0)]
        own = Concat(Value(text), F("pk"), output_field=CharField())
        _write(model, field.name, own if room > 6 else text)
        found.append(f"{model._meta.label}.{field.name}")
    return found


def _write(model: type[models.Model], name: str, text: Any) -> None:
    """Into every row; where blanks have to stay (a constraint says so), into the others."""
    rows = model._base_manager.all()
    for chosen in (rows, rows.exclude(**{name: ""})):
        try:
            with transaction.atomic():
                chosen.update(**{name: text})
        except IntegrityError:
            continue
        return


class _Tags(HTMLParser):
    """Tags and attributes that our templates do not have."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag.startswith("xs"):
            self.found.append(f"a tag: {self.get_starttag_text()} at {self.getpos()}")
        for name, value in attrs:
            scheme = (value or "").strip().lower()
            if name.startswith("onxs"):
                self.found.append(f"an attribute of {self.get_starttag_text()[:200]}")
            if name in ("href", "src", "action") and scheme.startswith(("javascript:", "=", "//")):
                self.found.append(f"an address: {value[:80]}")


def broken_out(page: str) -> list[str]:
    """Where in a page the mark is markup; that a template drew it twice (49) counts too."""
    found = _Tags(page).found
    return [*found, *(["a template in a text"] if "xs onxs=1>49" in page else [])]


FORMULA = re.compile(rb"<(?:\w+:)?f(?:ormula\d?)?(?: [^>]*)?>([^<]*xs onxs[^<]*)<")
QUOTED = re.compile(rb'^"[^"]*(?:""[^"]*)*"$')  # a list of choices: a text in quotes


def formulas(content: bytes) -> list[str]:
    """Formulas of a workbook that hold the mark, and addresses outside."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            part = book.read(name)
            found += [
                f"{name}: {each.decode()[:120]}"
                for each in FORMULA.findall(part)
                if not QUOTED.match(each.replace(b"&quot;", b'"'))
            ]
            if b'TargetMode="External"' in part:
                found.append(f"{name}: leads outside")
    return found


def formula_cells(content: bytes) -> list[str]:
    """Cells of a CSV that a spreadsheet would take for a formula."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp932")
    return [
        cell[:120]
        for line in csv.reader(io.StringIO(text))
        for cell in line
        if "xs onxs" in cell and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]


def in_file(name: str, content: bytes) -> list[str]:
    """What is wrong with a file that leaves the portal, by its ending."""
    if name.endswith(".xlsx"):
        return formulas(content)
    if name.endswith(".csv"):
        return formula_cells(content)
    if name.endswith((".html", ".svg")):
        return broken_out(content.decode())
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            return [
                f"{each}: {wrong}"
                for each in bundle.namelist()
                for wrong in in_file(each, bundle.read(each))
            ]
    return []


def model_named(label: str) -> type[models.Model]:
    return apps.get_model(label)
