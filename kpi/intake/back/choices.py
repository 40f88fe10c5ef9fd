"""The closed lists of a sheet that comes back: those of every sheet (`foundation.round_trip`)."""

from django.db.models import TextChoices

from foundation.round_trip.choices import REFUSED, TAKEN, Outcome, Pick

__all__ = ["REFUSED", "TAKEN", "Origin", "Outcome", "Pick"]


class Origin(TextChoices):
    """What kind of file came back."""

    ENTRY = "entry", "入力様式"
    REPORT = "report", "月次報告"
    CSV = "csv", "CSV"


MADE = {
    Origin.ENTRY: "様式の取得",
    Origin.REPORT: "月次報告の作成",
    Origin.CSV: "CSVの取得",
}
SHEET_NAMES = {Origin.ENTRY: "様式", Origin.REPORT: "月次報告", Origin.CSV: "CSV"}  # in sentences
