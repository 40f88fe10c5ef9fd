"""Files as answers: safe names, never sniffed, never cached."""

import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def file_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A download with a Japanese file name; control characters and quotes leave the name."""
    safe = re.sub(r'[\x00-\x1f\x7f"\\/:*?<>|]', "_", name)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = str(content_disposition_header(True, safe))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
