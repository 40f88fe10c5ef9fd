"""Which version of the portal this is."""

import platform
import re
import tomllib

import django
from django.conf import settings

NEWEST = re.compile(r"^## (\d{4}-\d\d-\d\d)", re.MULTILINE)


def version() -> dict[str, str]:
    """Its number, the day of its newest change, and what it runs on."""
    root = settings.BASE_DIR
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = NEWEST.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    return {
        "version": project["version"],
        "newest_change": newest[1] if newest else "",
        "django": django.get_version(),
        "python": platform.python_version(),
    }


def told(program: dict[str, str]) -> str:
    """The version in a few words."""
    day = program.get("newest_change", "")
    return f"{program.get('version', '')}{f'（{day}）' if day else ''}"
