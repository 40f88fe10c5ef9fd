"""What was typed into a whole page's form whose post was refused before a view saw it.

Signed out, a form token that is too old, a password to be changed first: the page that says so
carries what was typed, and a button sends it again (docs/adr/0016). It is kept in that page only,
sealed with the portal's key, never on the server.
"""

from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from django.apps import apps
from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.http import HttpRequest
from django.urls import Resolver404, resolve

SALT = "kept"
FIELD = "kept"
A_DAY = 24 * 60 * 60
OUR_OWN = {"csrfmiddlewaretoken", "next", FIELD}
HIDDEN = ("seen", "version", "token", "was", "once", "choose", "take")


@dataclass(frozen=True)
class KeptField:
    """One field as it was sent; `label` in Japanese where a model knows the name."""

    name: str
    value: str
    label: str
    said: str

    @property
    def shown(self) -> bool:
        """Is it something a person typed or chose (not a version or a mark of the page)?"""
        last = self.name.rpartition("-")[2]
        return bool(self.value) and not last.startswith(HIDDEN)


@dataclass(frozen=True)
class Kept:
    """A form that was sent: where to, the fields in their order, and the names of its files.

    `files` are pairs of field name and file name: a browser does not give a file a second time.
    """

    path: str
    fields: list[list[str]]
    files: list[list[str]]

    @classmethod
    def of(cls, request: HttpRequest) -> "Kept | None":
        """What this post carries; None when it is not ours, or nothing was typed."""
        if request.method != "POST" or not came_from_us(request):
            return None
        fields = [
            [name, value]
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken" and "password" not in name.lower()
        ]
        files = [[name, file.name or ""] for name, row in request.FILES.lists() for file in row]
        if not files and all(name in OUR_OWN for name, _ in fields):
            return None
        return cls(request.get_full_path(), fields, files)

    @classmethod
    def carried(cls, request: HttpRequest) -> "Kept | None":
        """What the sign-in page carries on; None when nothing, or when it is not our seal."""
        try:
            return cls(**signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=A_DAY))
        except signing.BadSignature:
            return None

    @property
    def sealed(self) -> str:
        """As text for a hidden field, which only this portal can have written."""
        return signing.dumps(
            asdict(self),
            salt=SALT,
            compress=True,
        )

    @property
    def rows(self) -> list[KeptField]:
        """The fields with their names in Japanese, as far as models know them."""
        return [self._row(name, value) for name, value in self.fields]

    def _row(self, name: str, value: str) -> KeptField:
        prefix, _, last = name.rpartition("-")
        field = _field_named(last, self._room)
        label = f"{prefix} {field.verbose_name if field else last}".strip()
        choices = dict(field.flatchoices) if field else {}
        return KeptField(name, value, label, str(choices.get(value, value)))

    @property
    def _room(self) -> str:
        try:
            return resolve(urlsplit(self.path).path).app_name
        except Resolver404:
            return ""


def _field_named(name: str, room: str) -> Field | None:
    """A model's field of that name, from the app of the address first."""
    models = sorted(apps.get_models(), key=lambda model: model._meta.app_label != room)
    for model in models:
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(found, Field):
            return found
    return None


def came_from_us(request: HttpRequest) -> bool:
    """Was this post sent by a page of this portal?

    Every browser of today says where a post comes from; one that another site made says so too
    (or says `null`), and of such a post nothing is kept.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    ours = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == ours
    referer = urlsplit(request.headers.get("Referer", ours))
    return f"{referer.scheme}://{referer.netloc}" == ours
