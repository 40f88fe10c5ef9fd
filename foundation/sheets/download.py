"""Files as answers: safe names, never sniffed, never cached."""

import re
from collections.abc import Iterable
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from foundation.sheets.texts import kept

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CSV_SHIFT_JIS = "text/csv; charset=Shift_JIS"
ZIP = "application/zip"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]')
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)


def file_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A download with a Japanese file name; control characters and quotes leave the name."""
    return _as_download(HttpResponse(content, content_type=content_type), name)


def csv_stream(lines: Iterable[bytes], name: str, content_type: str = CSV) -> StreamingHttpResponse:
    """A CSV that is sent while it is read."""
    return _as_download(StreamingHttpResponse(lines, content_type=content_type), name)


def safe_name(name: str) -> str:
    """A file name without what cannot stand in one, or leads into another folder."""
    return _UNSAFE.sub("_", kept(name))


def sample_mark(is_sample: bool) -> str:
    """What the name of a file with sample data ends with; nothing for real data."""
    return "_見本データ" if is_sample else ""


def _as_download(response: Answer, name: str) -> Answer:
    response["Content-Disposition"] = str(content_disposition_header(True, safe_name(name)))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
