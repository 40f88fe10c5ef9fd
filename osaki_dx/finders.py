"""Static files: our own folder with the chapters of the style sheet joined to one theme.css, and
two files out of PyPI packages by an allow-list, not the whole packages (ADR 0003).
"""

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import (
    AppDirectoriesFinder,
    BaseFinder,
    FileSystemFinder,
)
from django.core.files.storage import FileSystemStorage

THEME = "theme.css"
CHAPTERS = "css"  # the folder inside static/; its files are not served one by one

# static path → (package, path inside it)
ALLOWED = {
    "plotly/plotly.min.js": ("plotly", "package_data/plotly.min.js"),
    "htmx/htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
}


def package_file(package: str, path: str) -> Path:
    """The absolute path of a file inside an installed package (which is found, not imported)."""
    found = find_spec(package)
    assert found and found.origin, f"{package} is installed and is no namespace"

    return Path(found.origin).parent / path


class _OneFile(FileSystemStorage):
    """A storage that serves one name from one place outside its own folder."""

    prefix = ""

    def __init__(self, file: Path, name: str):
        super().__init__(location=file.parent)
        self._file, self._name = file, name

    def path(self, name):
        return str(self._file)


def chapters() -> list[Path]:
    """The chapters of the style sheet in the order of their numbers, which is the order of the
    cascade.
    """
    return sorted((settings.BASE_DIR / "static" / CHAPTERS).glob("*.css"))


def theme_file() -> Path:
    """The joined style sheet in the data folder; written again only when a chapter has changed."""
    text = b"\n".join(chapter.read_bytes() for chapter in chapters())
    file = settings.DATA_DIR / "theme" / THEME
    if not file.exists() or file.read_bytes() != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, text)
    return file


def _replace(file: Path, text: bytes) -> None:
    """Write in one stroke: another process may be reading."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as draft:
        draft.write(text)
    os.replace(name, file)


class OwnFinder(FileSystemFinder):
    """The files of static/, with its chapters of CSS as the one file theme.css."""

    def find(self, path, find_all=False):
        """The absolute path for a static path, or [] when it is not ours to give."""
        if path == THEME:
            return [str(theme_file())] if find_all else str(theme_file())
        if Path(path).parts[:1] == (CHAPTERS,):
            return []
        return super().find(path, find_all=find_all)

    def list(self, ignore_patterns):
        """(static path, storage) for each file."""
        yield from super().list([*(ignore_patterns or []), CHAPTERS])
        yield THEME, _OneFile(theme_file(), THEME)


class AllowedFinder(BaseFinder):
    """Finds the files of `ALLOWED` and nothing else."""

    def find(self, path, find_all=False):
        """The absolute path for a static path, or [] when it is not ours to give."""
        if path not in ALLOWED:
            return []
        found = str(package_file(*ALLOWED[path]))
        return [found] if find_all else found

    def list(self, ignore_patterns):
        """(static path, storage) for each allowed file."""
        for name, place in ALLOWED.items():
            yield name, _OneFile(package_file(*place), name)


class AdminFinder(AppDirectoriesFinder):
    """The files of Django's admin; no other app of ours brings static files of its own."""

    def __init__(self, app_names=None, *args, **kwargs):
        super().__init__(["django.contrib.admin"], *args, **kwargs)
