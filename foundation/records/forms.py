"""The two bases of every form that writes: one changes what stands, one makes something new.

`ChangesRow` carries what it showed (`seen`), so that nothing is overwritten unseen. `RecordsOnce`
carries a token that is good for one record, so that a repeated press records once. Neither lets a
browser cut what is typed: lengths are checked by the form, which says by how much they are passed.
"""

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from foundation.japanese.numbers import whole_number
from foundation.records import uploads
from foundation.records.conflict import Conflict
from foundation.records.models import UsedToken
from foundation.records.seen import Seen, Values, posted_texts
from foundation.records.sides import BOTH, CHOOSE, THEIRS, Side, Texts, kind_of, words_of

STALE = (
    "画面が古くなっていたため、まだ保存していません。入力した内容は残っています。"
    "確かめてから、もう一度押してください。"
)
UNSEEN = "-1"  # a page that knows it has not seen what stands: its saving is a conflict
AGAIN = "あなたの入力で保存するときは、もう一度押してください。"
MACHINERY = ("csrfmiddlewaretoken", "seen", "once", "choose", "take_all")


# A mixin stands before Form or ModelForm; to the type checker it is a form already.
if TYPE_CHECKING:
    FormBase = forms.BaseForm
else:
    FormBase = object


class _Typed(FormBase):
    """What both bases share: hidden machinery, no cutting, no default for a missing hidden text."""

    hidden_name = ""
    _errors: Any
    data: Any  # the posted fields: a QueryDict, once the form is bound
    files: Any

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[self.hidden_name] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self.drawn
        )
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    @property
    def hidden_key(self) -> str:
        """The name under which the machinery is posted."""
        return self.add_prefix(self.hidden_name)

    def drawn(self) -> str:
        """What a page that is drawn now carries."""
        raise NotImplementedError

    def renew(self) -> None:
        """The page that is shown again carries what one drawn now would."""
        self.data = self.data.copy()
        self.data[self.hidden_key] = self.drawn()

    def outdated(self) -> None:
        """Refuse a page that carries nothing of ours; the next press may succeed."""
        self.renew()
        self.add_error(None, ValidationError(STALE, code="stale"))


class ChangesRow(_Typed):
    """A form that writes fields of a row which stands already.

    `facts`: the values it is drawn from, where they are not the form's own initial ones. After a
    conflict (`conflict`) the same form lays out both sides (`sides`), and what is chosen there is
    read back by it.
    """

    hidden_name = "seen"
    conflict: Conflict | None = None
    seen: Seen | None = None

    def __init__(self, *args, facts: Values | None = None, **kwargs):
        self.facts = facts
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self._take_chosen()

    def _values(self) -> Values:
        if self.facts is not None:
            return self.facts
        return {
            name: self.get_initial_for_field(field, name)
            for name, field in self.fields.items()
            if name != self.hidden_name
        }

    def drawn(self, now: Values | None = None) -> str:
        """The signed texts of the values as they stand."""
        values = {**self._values(), **(now or {})}
        texts = {name: posted_texts(self.fields.get(name), value) for name, value in values.items()}
        seen = Seen(texts, timezone.now(), self.fields)
        return seen.text()

    def _posted(self) -> Seen | None:
        text = self.data.get(self.hidden_key, "")
        return Seen.read(str(text), self.fields)

    def _take_chosen(self) -> None:
        """Put the other person's text where it was chosen on the page of both sides."""
        seen = self._posted()
        if seen is None or not hasattr(self.data, "getlist"):
            return
        asked = self.data.getlist("choose")
        chosen = [
            name
            for name in asked
            if "take_all" in self.data or self.data.get(f"take-{name}") == THEIRS
        ]
        self.data = self.data.copy()
        for name in chosen:
            self.data.setlist(
                self.add_prefix(name),
                seen.texts.get(name, []),
            )

    def clean(self):
        cleaned = super().clean()
        self.seen = self._posted()
        self.cleaned_data.pop(self.hidden_name, None)
        if self.seen is None:
            self.outdated()
        return cleaned

    @property
    def typed(self) -> bool:
        """Is there text of the person in it, beside what a button sends?

        Hidden fields are the button's own.
        """
        return any(field.data for field in self.visible_fields())

    def tell(self) -> None:
        """Say the conflict on the form itself, where there is no room for both sides.

        The next press then saves over what stands now, knowingly.
        """
        assert self.conflict is not None
        self.data = self.data.copy()
        self.data[self.hidden_key] = self.drawn(self.conflict.now)
        said = f"{self.conflict.sentence}あなたの入力は残っています。{self.conflict.words}"
        self.add_error(
            None,
            ValidationError(said + AGAIN, code="conflict"),
        )

    # The page of both sides.

    def _sides_of(self, name: str) -> tuple[list[str], list[str], list[str]]:
        """(opened, theirs, mine) of a field as posted texts."""
        assert self.conflict is not None and self.seen is not None
        field = self.fields[name]
        opened = self.seen.texts.get(name, [])
        theirs = posted_texts(field, self.conflict.now[name])
        return opened, theirs, posted_texts(field, self.cleaned_data.get(name))

    @property
    def sides(self) -> list[Side]:
        """The fields that somebody changed since the page was drawn; those to choose come first."""
        assert self.conflict is not None
        found = []
        for name in self.fields:
            if name not in self.conflict.now:
                continue
            opened, theirs, mine = self._sides_of(name)
            kind = kind_of(
                opened,
                theirs,
                mine,
            )
            if kind:
                found.append(self._side(name, opened, theirs, mine, kind))
        return sorted(found, key=lambda side: side.kind != CHOOSE)

    def _side(self, name: str, opened: Texts, theirs: Texts, mine: Texts, kind: str) -> Side:
        field = self.fields[name]
        return Side(
            name,
            str(self[name].label),
            words_of(field, opened),
            words_of(field, theirs),
            words_of(field, mine),
            kind,
        )

    @property
    def nothing_left(self) -> bool:
        """Would saving change nothing any more? The other person saved the same."""
        stored = (THEIRS, BOTH)
        return all(side.kind in stored for side in self.sides)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """(name, text) of every hidden input of the page of both sides."""
        assert self.conflict is not None
        kinds = {self.add_prefix(side.name): side for side in self.sides}
        rows = [
            (name, text)
            for name, texts in self.data.lists()
            if name not in (*MACHINERY, self.hidden_key)
            and not name.startswith("take-")
            and not (name in kinds and kinds[name].kind == THEIRS)
            for text in texts
        ]
        for name, side in kinds.items():
            if side.kind == THEIRS:
                rows += [(name, text) for text in self._sides_of(side.name)[1]]
        seen = self.drawn(self.conflict.now)
        return [*rows, (self.hidden_key, seen)]


class RecordsOnce(_Typed):
    """A form that makes a new record: its token is good for one.

    `token` and `content` (a digest of what was typed) are there once the form is valid.
    """

    hidden_name = "once"
    token = ""

    def drawn(self) -> str:
        """A new token."""
        return secrets.token_urlsafe(16)

    def clean(self):
        """The token leaves the cleaned data, which an action takes whole."""
        cleaned = super().clean()
        self.token = self.cleaned_data.pop(self.hidden_name, "")
        if not 16 <= len(self.token) <= 64:
            self.outdated()
        return cleaned

    def full_clean(self):
        """A repeat is never refused: what it says is true already, in the record it made."""
        super().full_clean()
        if self.is_bound and self._errors and self.used_before is not None:
            self._errors.clear()

    @property
    def used_before(self) -> UsedToken | None:
        """The press that has made this very record, if there was one."""
        same = UsedToken.objects.filter(
            token=self.token,
            content=self.content,
        )
        return same.first()

    @property
    def content(self) -> str:
        """A digest of everything that was typed or chosen, files by name and size."""
        typed = [
            (name, texts)
            for name, texts in sorted(self.data.lists())
            if name not in (*MACHINERY, self.hidden_key)
        ]
        files = [(name, file.name, file.size) for name, file in sorted(self.files.items())]
        everything = repr((typed, files))
        return hashlib.sha256(everything.encode()).hexdigest()


class SeesVersion(_Typed):
    """A form that changes a row with a version of its own, which it has seen.

    `seen_version` is in the cleaned data; a page without it is refused.
    """

    hidden_name = "seen_version"

    def __init__(self, *args, version: int | None = None, **kwargs):
        self.version = version
        super().__init__(*args, **kwargs)

    def drawn(self) -> str:
        """The version as it stands."""
        return "" if self.version is None else str(self.version)

    def clean(self):
        """The version becomes a number; a page without one is refused."""
        cleaned = super().clean()
        text = self.cleaned_data.get(self.hidden_name) or None
        seen = -1 if text == UNSEEN else whole_number(text)
        if seen is None:
            self.outdated()
        else:
            self.cleaned_data[self.hidden_name] = seen
        return cleaned


class Act(ChangesRow, forms.Form):
    """A button that changes a row: nothing to fill in but what was seen."""


class Make(RecordsOnce, forms.Form):
    """A button that makes a record: nothing to fill in but the token."""


class FileForm(RecordsOnce, forms.Form):
    """An evidence file. What may be attached is the door's to say (`records.uploads`)."""

    file = forms.FileField(
        label="ファイル",
        help_text="PDF・Excel・Word・画像・CSV、10MBまで",
        error_messages={
            "required": "ファイルを選んでください。",
            "empty": "中身のないファイルです。",
        },
    )

    def clean_file(self) -> uploads.CheckedFile:
        """The file as the action takes it, looked into before anything is locked."""
        given = self.cleaned_data["file"]
        return uploads.checked(given.name, uploads.read(given))
