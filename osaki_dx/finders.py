"""Static files out of PyPI packages, by an allow-list: two files, not the whole packages (ADR 0003)."""

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.core.files.storage import FileSystemStorage

# static path → (package, path inside it)
ALLOWED = {
    "plotly/plotly.min.js": ("plotly", "package_data/plotly.min.js"),
    "htmx/htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
}


def package_file(package: str, path: str) -> Path:
    """The absolute path of a file inside an installed package (which is found, not imported)."""
    return Path(find_spec(package).origin).parent / path


class _OneFile(FileSystemStorage):
    """A storage that serves one name from one place outside its own folder."""

    prefix = ""

    def __init__(self, file: Path, name: str):
        super().__init__(location=file.parent)
        self._file, self._name = file, name

    def path(self, name):
        return str(self._file)


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
