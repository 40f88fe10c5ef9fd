"""What a form showed of a row when it was drawn, and whether the row still stands so.

A form that writes a whole row carries a signed copy of its own fields as they were drawn (`Seen`).
Its action takes the row with `take()`: inside the lock, and only while it still stands as it was
seen; otherwise a `Conflict` says who saved it and when, and the page shows both sides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.core import signing
from django.db.models import Model

from foundation.records.conflict import Conflict, said_of
from foundation.records.models import DataRevision, HistoryEntry

Row = TypeVar("Row", bound=Model)
Values = Mapping[str, Any]  # {field name: value of the row}
SALT = "records.seen"
GONE = "画面を開いた後に、ほかの人が削除しました。"


def posted_texts(field: forms.Field | None, value: Any) -> list[str]:
    """A value as a browser posts it from that field; without a field as plain text.

    Blank and unticked are nothing; several are sorted.
    """
    shown = value if field is None else field.prepare_value(value)
    if shown is None or shown is False or shown == "":
        return []
    if shown is True:
        return ["on"]
    if hasattr(shown, "__iter__") and not isinstance(shown, str):
        return sorted(
            str(
                getattr(
                    each,
                    "pk",
                    each,
                )
            )
            for each in shown
        )
    return [str(getattr(shown, "pk", shown)).replace("\r\n", "\n")]


@dataclass(frozen=True)
class Seen:
    """The texts of a form's fields when it was drawn, and when that was.

    `fields`: the form's fields, by which a value of today is brought into the same shape.
    """

    texts: dict[str, list[str]]
    at: datetime
    fields: Mapping[str, forms.Field]

    def text(self) -> str:
        """What the page carries: signed, so that nobody says he saw what never stood there."""
        content = {
            "texts": self.texts,
            "at": self.at.isoformat(),
        }
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str, fields: Mapping[str, forms.Field]) -> "Seen | None":
        """What a page carried; None when it carried nothing of ours."""
        try:
            content = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        at = datetime.fromisoformat(content["at"])

        return cls(content["texts"], at, fields)

    def moved(self, now: Values) -> list[str]:
        """Names of the values that stand differently by now."""
        texts = {name: posted_texts(self.fields.get(name), value) for name, value in now.items()}
        return [name for name, text in texts.items() if text != self.texts.get(name, [])]


def wait_in_line() -> None:
    """Wait until every writer before is done; the caller's transaction is the next.

    The data revision is the one row that all writers pass, so nobody waits in a circle.
    """
    list(DataRevision.objects.select_for_update().values_list("id", flat=True))


def check_seen(seen: Seen | None, row: Any, now: Values, *subjects: Model) -> None:
    """Conflict when a row does not stand as it was seen.

    `now`: its values; `subjects`: whose history tells who saved it. Without `seen` (a command) all
    is well.
    """
    if seen is None or not seen.moved(now):
        return
    newest = [HistoryEntry.objects.about(subject).first() for subject in subjects if subject.pk]
    entry = max(filter(None, newest), key=lambda found: found.pk, default=None)
    raise Conflict(
        row,
        said_of(entry.actor_name if entry else "", entry.at if entry else None, "保存しました"),
        now=dict(now),
        who=entry.actor_name if entry else "",
        at=entry.at if entry else None,
    )


def take(
    model: type[Row],
    pk: Any,
    seen: Seen | None = None,
    values_of: Callable[[Row], Values] | None = None,
    about: Callable[[Row], Model] | None = None,
) -> Row:
    """The row as it stands now, read inside the lock, in the transaction of its change.

    `values_of`: the row's values by the names of the form's fields (left out: nothing to compare);
    `about`: the object whose history holds the changes of the row, where that is another one.
    Raises Conflict.
    """
    wait_in_line()
    row: Row | None = model._default_manager.filter(pk=pk).first()
    if row is None:
        raise Conflict(None, GONE)
    if values_of is not None:
        check_seen(seen, row, values_of(row), about(row) if about else row)
    return row


def save_only(row: Model, *names: str) -> None:
    """Save a new row as a whole, a stored one by these fields: no other is written over."""
    row.save(update_fields=None if row._state.adding else names)


def values_by(*names: str) -> Callable[[Model], Values]:
    """The function that gives these fields of a row."""
    return lambda row: {name: getattr(row, name) for name in names}
