"""What comes of a post, and what must not: told, then taken back."""

import copy
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.core.signals import got_request_exception
from django.db import connection, transaction

from foundation.accounts.models import User
from headquarters.reports import editions, reclosing
from tests.attacks.hostile import MARK
from tests.browsing import Browser
from tests.doors import OF_THEMSELVES, STAMPS, TABLE, Heard, listening
from tests.pages import page_text

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
SOME_SAVED = re.compile(r"\d+件を(?:保存|更新)しました。")  # of several at once: told of these
SILENT = {405}  # a method that no page uses
Rows = dict[str, dict[Any, dict[str, Any]]]


def entered(user: User | None) -> Browser:
    """A browser in which that person is signed in; None: nobody."""
    browser = Browser(raise_request_exception=False)
    if user:
        browser.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
    return browser


def rows_of(labels: Iterable[str]) -> Rows:
    """{model: {pk: its fields}} as they stand now; stamps apart."""
    found: Rows = {}
    for label in labels:
        model = apps.get_model(label)
        names = [
            each.attname for each in model._meta.concrete_fields if not STAMPS.search(each.name)
        ]
        found[label] = {row["pk"]: row for row in model._base_manager.values("pk", *names)}
    return found


@dataclass
class Outcome:
    """How a post was answered, what it wrote, and what stood in those tables after and before."""

    answer: Any
    heard: Heard
    exceptions: list[str]
    after: Rows
    before: Rows

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def changed(self) -> set[str]:
        """The models of the town of which a row was made, changed or removed."""
        return {label for label in self.after if self.after[label] != self.before[label]}

    def faults(self) -> list[str]:
        """What no input may do, in words."""
        wrong = list(self.exceptions)
        if self.status >= 500:
            wrong.append(f"answered {self.status}")
        said = {entry.action for entry in self.heard.entries}
        for label in sorted(self.changed):
            doors = TABLE[label]
            known = set.union(*(doors.told_by(door) for door in ("portal", "imported", "pasted")))
            if self.status >= 400 and not SOME_SAVED.search(page_text(self.answer)):
                wrong.append(f"refused ({self.status}), and {label} has changed")
            elif not known & said:
                wrong.append(f"{label} has changed, and no entry of {sorted(known)} tells it")
        if self.status >= 400 and self.status not in SILENT:
            wrong += self._unsaid()
        return wrong

    def _unsaid(self) -> list[str]:
        """A refusal says in Japanese what is wrong, a form at its head what is to be mended."""
        text = page_text(self.answer)
        if "json" in self.answer.headers.get("Content-Type", ""):
            text = str(self.answer.json())
        if not JAPANESE.search(text):
            return [f"refused ({self.status}) without a word: {text[:80]!r}"]
        if self.status == 422 and "<title>" in text and "dx-errsum" not in text:
            return ["refused (422), and the page does not begin with what is wrong"]
        context = getattr(self.answer, "context", None)
        form = context.get("form") if context else None
        messages = [each for row in getattr(form, "errors", {}).values() for each in row]
        return [f"said in no Japanese: {each}" for each in messages if not JAPANESE.search(each)]


def listed(faults: dict[str, list[str]]) -> str:
    """The faults as lines, the first of them: a comparison of long texts would take minutes."""
    lines = [f"{case}: {'; '.join(wrong)}"[:1500] for case, wrong in faults.items()]
    return "\n".join([f"{len(lines)} faults", *lines[:60]])


@contextmanager
def watched() -> Iterator[list[str]]:
    """The exceptions of views meanwhile, and hostile texts that became a part of a statement."""
    found: list[str] = []

    def note(request, **_):
        found.append(f"an exception at {request.path}")

    def listen(execute, sql, params, many, context):
        if MARK in sql:
            found.append(f"a text in a statement: {sql[:200]}")
        return execute(sql, params, many, context)

    got_request_exception.connect(note)
    try:
        with connection.execute_wrapper(listen):
            yield found
    finally:
        got_request_exception.disconnect(note)


def done(browser: Browser, url: str, body: bytes, kind: str, **headers: str) -> Outcome:
    """A post, watched; what stood before is not looked at."""
    with watched() as found, listening() as heard:
        answer = browser.generic("POST", url, body, content_type=kind, headers=headers)
    after = rows_of(heard.labels - set(OF_THEMSELVES))
    return Outcome(answer, heard, found, after, {})


def tried(browser: Browser, url: str, body: bytes, kind: str, **headers: str) -> Outcome:
    """A post, watched and taken back: rows, session and what is remembered are as before."""
    cookies = copy.deepcopy(browser.cookies)
    with transaction.atomic():
        came = done(browser, url, body, kind, **headers)
        transaction.set_rollback(True)
    browser.cookies = cookies
    editions.forget()
    reclosing.forget()
    return replace(came, before=rows_of(came.after))
