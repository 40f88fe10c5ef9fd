"""The sample as it is written down in `fixtures/sample/`, one file a room of the portal."""

import json
from typing import Any

from django.conf import settings

Source = dict[str, Any]


def read_source() -> Source:
    """Everything that is written down about the sample town, by its keys."""
    found: Source = {}
    for file in sorted((settings.BASE_DIR / "fixtures" / "sample").glob("*.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))

    return found


def account_names(source: Source) -> list[str]:
    """The user names of the sample's own people."""
    return [name for name, *_ in source["accounts"]]
