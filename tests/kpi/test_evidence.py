"""Evidence belongs to an indicator's month: it outlives the value, and is bounded."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from foundation.records import uploads
from foundation.records.actions import record_change
from foundation.records.attached import files_told
from foundation.records.models import Attachment, SampleLoad
from foundation.records.uploads import checked
from kpi.actions import attach_evidence, record_value
from kpi.models import Indicator, KpiValue
from kpi.reading import load
from kpi.rules.checks import Entry
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead
from tests.sheets.test_inspection import BOOK, part, with_parts

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)
PAGE = "/kpis/1-2/?at=2026-10"


@pytest.fixture(autouse=True)
def clock(soumu):
    lead(1, soumu)
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def indicator():
    return Indicator.objects.get(code="1-2")


def save(by, indicator, entry):
    row = KpiValue.objects.filter(indicator=indicator, month=MONTH).first()
    version = row.version if row else 0
    return record_value(
        by=by, indicator=indicator, month=MONTH, seen_version=version, entry=entry, on=ON
    )


def attach(by, indicator, name="証拠.pdf", content=b"%PDF-1.7 x", month=MONTH):
    return attach_evidence(
        by=by, indicator=indicator, month=month, file=checked(name, content), on=ON
    )


def test_clearing_a_value_leaves_its_files_where_they_are(head, viewer, indicator, sign_in):
    save(head, indicator, Entry(value=Decimal(30)))
    attach(head, indicator)
    save(head, indicator, Entry())
    assert not KpiValue.objects.exists()
    for shown in range(2):
        page = page_text(sign_in(viewer).get(PAGE))
        assert "証拠.pdf" in page, shown
        assert "10月" in page.split("根拠資料")[1].split("証拠.pdf")[0], shown
        save(head, indicator, Entry(value=Decimal(31)))  # and entering it again keeps them
    (file,) = Attachment.objects.beside(indicator, MONTH)
    answer = sign_in(viewer).get(reverse("kpi:evidence", args=[file.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"


def test_evidence_may_come_before_the_value(head, indicator, sign_in):
    address = reverse("kpi:evidence_add", args=[MONTH, "1-2"])
    pdf = SimpleUploadedFile("先に.pdf", b"%PDF-1.7 y")
    sign_in(head).post(address, {"file": pdf}, page=PAGE)
    assert Attachment.objects.beside(indicator, MONTH).count() == 1


def test_rights_are_those_of_the_value(other_head, viewer, indicator, sign_in):
    with pytest.raises(PermissionDenied):
        attach(other_head, indicator)
    assert "件まで</p>" not in sign_in(viewer).get(PAGE).content.decode()
    outside = reverse("kpi:evidence_add", args=[date(2020, 1, 1), "1-2"])
    assert sign_in(other_head).post(outside, {}).status_code == 404


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        ("xl/vbaProject.bin", "マクロ等のプログラム"),
        ("xl/externalLinks/externalLink1.xml", "外部の場所へのリンク"),
    ],
)
def test_what_is_inside_a_workbook_is_looked_at(head, indicator, sign_in, added, sentence):
    file = SimpleUploadedFile("集計.xlsx", with_parts(BOOK, part(added, "<x/>")))
    address = reverse("kpi:evidence_add", args=[MONTH, "1-2"])
    answer = sign_in(head).post(address, {"file": file}, page=PAGE)
    assert answer.status_code == 422
    assert sentence in page_text(answer)
    assert not Attachment.objects.exists()
    harmless = SimpleUploadedFile("集計.xlsx", BOOK)
    sign_in(head).post(address, {"file": harmless}, page=PAGE)
    assert Attachment.objects.get().size == len(BOOK)


def test_the_same_file_is_there_once(head, indicator):
    attach(head, indicator)
    with pytest.raises(ValidationError, match="すでに添付されています"):
        attach(head, indicator)
    attach(head, indicator, month=date(2026, 9, 1))  # another month is another place
    attach(head, indicator, name="別名.pdf")
    assert Attachment.objects.count() == 3


def test_count_and_total_size_are_limited(head, indicator, monkeypatch):
    monkeypatch.setattr(uploads, "COUNT_LIMIT", 2)
    for number in range(2):
        attach(head, indicator, name=f"{number}.pdf")
    with pytest.raises(ValidationError, match=r"2件までです（いま2件）"):
        attach(head, indicator, name="3.pdf")
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "TOTAL_LIMIT", 25)
    with pytest.raises(ValidationError, match="合計が"):
        attach(head, indicator, name="3.pdf")
    attach(head, indicator, name="3.pdf", month=date(2026, 9, 1))


def put_beside(by, subject_id, of=KpiValue, name="前の.pdf", month=None):
    """A file beside a row; as it was kept before: beside the row of a value, without a month."""
    return Attachment.objects.create(
        subject_type=ContentType.objects.get_for_model(of),
        subject_id=subject_id,
        month=month,
        file=ContentFile(b"x", name="x"),
        name=name,
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )


def migrated():
    module = import_module("kpi.migrations.0005_evidence_of_months")

    class Editor:
        """What the migration asks of a schema editor."""

        connection = connection

    module.move(apps, Editor)


@pytest.mark.parametrize("renamed", ["", "名称を変えた指標"])
def test_files_of_values_and_of_cleared_ones_are_moved(head, indicator, renamed):
    stored = KpiValue.objects.create(
        indicator=indicator, month=MONTH, value=1, version=1, updated_at=timezone.now()
    )
    gone = KpiValue(pk=stored.pk + 1000)
    for value, month in ((stored, MONTH), (gone, date(2026, 9, 1))):
        put_beside(head, value.pk)
        record_change(
            by=head,
            action="records.attachment",
            subject=value,
            before={},
            after={},
            label=f"{indicator}（令和8年{month.month}月） 添付",
            month=month,
        )
    if renamed:
        Indicator.objects.filter(pk=indicator.pk).update(name=renamed)
    migrated()
    months = Attachment.objects.of_months(indicator).values_list("month", flat=True)
    assert list(months) == [MONTH, date(2026, 9, 1)]
    migrated()  # a second run finds nothing to do
    assert Attachment.objects.of_months(indicator).count() == 2


def test_the_files_that_come_with_the_definition_are_those_of_the_indicator(head, indicator):
    other = Indicator.objects.get(code="8-1")
    for of, name, month in (
        (indicator, "七月.pdf", date(2026, 7, 1)),
        (indicator, "十月.pdf", MONTH),
        (indicator, "十月の二つめ.pdf", MONTH),
        (other, "ほかの指標.pdf", MONTH),
    ):
        put_beside(head, of.pk, of=Indicator, name=name, month=month)
    put_beside(head, indicator.pk, of=KpiValue, name="値の.pdf", month=MONTH)
    put_beside(head, indicator.pk, of=Indicator, name="月のない.pdf", month=None)
    (facts,) = load(MONTH, on=ON, indicator=indicator, evidence=True)
    told = files_told(facts.definition.files_told)
    expected = list(Attachment.objects.of_months(indicator))
    assert [row.name for row in told] == ["十月の二つめ.pdf", "十月.pdf", "七月.pdf"]
    for name in [field.attname for field in Attachment._meta.concrete_fields]:
        if name != "subject_type_id" and name != "subject_id":
            assert [getattr(row, name) for row in told] == [
                getattr(row, name) for row in expected
            ], name
    assert [row.uploaded_by.display_name for row in told] == [head.display_name] * 3
    (bare,) = load(MONTH, on=ON, indicator=other, evidence=True)
    assert [row.name for row in files_told(bare.definition.files_told)] == ["ほかの指標.pdf"]


def test_the_rows_kept_for_the_end_of_the_sample_are_moved_too(indicator):
    kinds = [ContentType.objects.get_for_model(model).pk for model in (KpiValue, Indicator)]
    snapshot = {
        "kpi.kpivalue": {"7": {"indicator": indicator.pk, "month": "2026-10-01"}},
        "records.attachment": {"1": {"subject_type": kinds[0], "subject_id": 7}},
    }
    SampleLoad.objects.create(loaded_at=timezone.now(), until=MONTH, snapshot=snapshot)
    migrated()
    assert SampleLoad.objects.get().snapshot["records.attachment"]["1"] == {
        "subject_type": kinds[1],
        "subject_id": indicator.pk,
        "month": "2026-10-01",
    }
