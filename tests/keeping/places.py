"""Other databases for a while, and a town whose rows hold what is hard to carry."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import JSONField, Value
from django.db.utils import load_backend

from foundation.accounts.models import Department
from foundation.records import guards
from foundation.records.models import Attachment, HistoryEntry
from headquarters.reports.models import Edition
from kpi.models import KpiValue
from measures.models import Plan
from measures.setting import PlanSetting
from measures.settings_of import SettingKind
from osaki_dx.keeping import files

AT = datetime(2026, 11, 27, 23, 59, 59, 999_999, tzinfo=UTC)
TEXT = "髙﨑𠮷\u2028次\n\t\"'\\ %s {} 😀 ﾊﾝｶｸ"


@contextmanager
def connected(**given):
    """The default connection is to another database for a while."""
    usual = connections["default"]
    given = {**usual.settings_dict, **given}
    connections["default"] = load_backend(given["ENGINE"]).DatabaseWrapper(given, "default")
    try:
        yield connections["default"]
    finally:
        connections["default"].close()
        connections["default"] = usual


def sqlite_in(folder):
    """`connected(…)` to a SQLite file of a folder, whichever database the tests run on."""
    file = folder / "portal.sqlite3"
    given = {"ENGINE": "osaki_dx.sqlite", "NAME": f"{file.as_uri()}?mode=rw"}
    return connected(**given, OPTIONS=settings.SQLITE["OPTIONS"])


def place_in(folder):
    """Settings of a portal whose data lie in a folder."""
    return {
        "DATA_DIR": folder,
        "MEDIA_ROOT": folder / "uploads",
        "SQLITE_FILE": folder / "portal.sqlite3",
    }


def hard_rows():
    """Rows whose values get lost on a careless way."""
    gone = Department.objects.create(code="gone", name="なくなった課")
    gone_number = gone.pk
    gone.delete()
    told = {"ん": None, "い": [1.5, 1e22, 100.0, {"b": 1, "a": []}], "": TEXT, "数": 2**53}
    entry = HistoryEntry.objects.latest("id")
    fields = {field.attname: getattr(entry, field.attname) for field in entry._meta.fields}
    new = {"id": None, "revision": 10**9, "at": AT, "before": told, "after": {}, "reason": ""}
    HistoryEntry.objects.create(**fields | new | {"subject_label": TEXT, "month": None})
    row = KpiValue.objects.filter(value__isnull=False).first()
    KpiValue.objects.filter(pk=row.pk).update(value=Decimal("99999999999.9999"), numerator=None)
    PlanSetting.objects.create(
        plan=Plan.objects.get(),
        kind=SettingKind.FIRST_MONTH,
        value=Value(None, JSONField()),
        from_month=date(2026, 4, 1),
        created_at=AT,
    )
    edition = Edition.objects.first()
    fields = {field.attname: getattr(edition, field.attname) for field in edition._meta.fields}
    every = bytes(range(256)) * 3
    Edition.objects.create(**fields | {"id": None, "number": 99, "workbook": every})
    return gone_number


def attachments_there():
    """Every attachment that rows speak of lies in its place."""
    for row in Attachment.objects.all():
        place = files.place_of(row.file.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(row.name.encode())


def everything():
    """{table: rows as Python values}, told by Django and by nothing that is tested."""
    told = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label != "accounts.Session":
            rows = model._base_manager.order_by("pk").values()
            told[model._meta.db_table] = [
                {
                    name: bytes(value) if isinstance(value, memoryview) else value
                    for name, value in row.items()
                }
                for row in rows
            ]
    return told


def guards_of(connection):
    """Names of the triggers that stand, when none is wrong."""
    assert guards.faults(connection) == []
    return set(guards.found(connection))
