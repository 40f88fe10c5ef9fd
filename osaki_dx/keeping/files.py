"""The attachments that rows speak of, where they lie."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import FileField

from osaki_dx.keeping.package import is_plain

STAGE = ".restoring"


def names_in(connection, models: list[Any]) -> list[str]:
    """The names of all stored files, each once."""
    names: set[str] = set()
    for model in models:
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.using(connection.alias)
                names.update(rows.values_list(field.attname, flat=True).iterator())
    return sorted(name for name in names if name and is_plain(name))


def place_of(name: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.MEDIA_ROOT) / name


def stored() -> Iterator[Path]:
    """Every file that lies there."""
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file())
