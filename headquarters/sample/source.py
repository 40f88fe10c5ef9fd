"""The sample as it is written down in `fixtures/sample/sample.json`."""

import json

from django.conf import settings


def read_source() -> dict:
    """Departments, accounts, targets and figures of the sample."""
    file = settings.BASE_DIR / "fixtures" / "sample" / "sample.json"
    return json.loads(file.read_text(encoding="utf-8"))


def account_names(source: dict) -> list[str]:
    """The user names of the sample's own people."""
    return [name for name, *_ in source["accounts"]]
