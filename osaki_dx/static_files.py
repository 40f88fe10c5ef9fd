"""The static files as they were collected: are all of them there?"""

import json
from pathlib import Path

from django.conf import settings

MANIFEST = "staticfiles.json"


def missing() -> list[str]:
    """Names of the files that the pages ask for and that are gone; the list itself may be."""
    root = Path(settings.STATIC_ROOT)
    try:
        text = (root / MANIFEST).read_text(encoding="utf-8")
        names = json.loads(text)["paths"].values()
    except (OSError, ValueError, KeyError):
        return [MANIFEST]
    return [name for name in names if not (root / name).is_file()]
