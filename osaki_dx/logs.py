"""One line of the log: when, how grave, who from (the client's address), what."""

import logging


class Line(logging.Formatter):
    """`2026-11-27 09:00:00 WARNING 10.1.2.3 django.request: Not Found: /x/`."""

    default_msec_format = ""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(address)s %(name)s: %(message)s")

    def format(self, record):
        """The line; records that belong to no request have no address."""
        meta = getattr(getattr(record, "request", None), "META", {})
        record.address = meta.get("REMOTE_ADDR") or "-"

        return super().format(record)
