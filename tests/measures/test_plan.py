"""The plan as loaded: nothing invented, nothing lost, nothing overwritten."""

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from foundation.accounts.models import Department
from headquarters.sample import snapshot
from kpi.models import Definition, Indicator, KpiValue, Target
from measures.models import (
    BasicPolicy,
    EditorialNote,
    Measure,
    MeasureLead,
    OpenPoint,
    PlanSection,
    TownStatistic,
)
from roadmap.models import Baseline, Milestone, Step
from tests.people import lead

pytestmark = pytest.mark.django_db
SOURCE = (settings.BASE_DIR / "fixtures" / "source" / "osaki-dx-plan.md").read_text(
    encoding="utf-8"
)
FLAT = re.sub(r"\s", "", SOURCE)
FIELDS = ("source_text", "summary", "current_issues", "initiatives", "kpi_text", "roadmap_text")


def flat(text):
    return re.sub(r"\s", "", text)


def test_counts():
    found = [
        model.objects.count()
        for model in (BasicPolicy, Measure, Indicator, Definition, Step, TownStatistic)
    ]
    assert found == [4, 10, 23, 23, 29, 23]


def test_every_loaded_text_stands_in_the_source():
    for measure in Measure.objects.all():
        for field in FIELDS:
            assert flat(getattr(measure, field)) in FLAT, f"{measure} {field}"
    for section in PlanSection.objects.all():
        for paragraph in section.body.split("\n\n"):
            assert flat(paragraph) in FLAT, section
    for model in (Indicator, Step):
        for row in model.objects.all():
            assert flat(row.source_text) in FLAT, row
    for note in EditorialNote.objects.all():
        assert flat(note.quote) in FLAT, note


def test_nothing_of_the_source_is_lost():
    kept = "".join(
        flat(getattr(measure, field)) for measure in Measure.objects.all() for field in FIELDS
    )
    kept += "".join(
        flat(f"{row.chapter_title}{row.heading}{row.body}") for row in PlanSection.objects.all()
    )
    body = SOURCE[SOURCE.index("# 1. 大崎町の現状及び課題") :]
    furniture = re.compile(r"^(#+ )?(\d\. |基本方針|#### |概要|現状・課題|取組|KPI|工程表)|^#")
    for line in body.splitlines():
        text = re.sub(
            r"^(概要|現状・課題|取組|KPI \(重要業績成果指標\)|工程表)\t", "", line
        ).strip()
        if text and not furniture.match(line.strip()):
            assert flat(text) in kept, line


def test_numbers_of_the_town_stand_in_the_source():
    for row in TownStatistic.objects.all():
        shown = f"{row.value:,.{row.decimals}f}"
        assert shown in SOURCE, row
        assert row.year is None or str(row.year) in SOURCE


def test_nothing_is_invented():
    assert not Target.objects.exists()
    assert not KpiValue.objects.exists()
    assert not Milestone.objects.exists()
    assert not Baseline.objects.exists()
    assert not MeasureLead.objects.exists()
    assert not Department.objects.exists()
    known = Definition.objects.exclude(baseline_value=None)
    assert [(row.indicator.code, row.baseline_value) for row in known] == [("1-1", Decimal(27))]
    assert not Definition.objects.exclude(formula_text="", data_source="").exists()
    assert Definition.objects.filter(direction="zero").get().indicator.code == "7-2"
    assert Definition.objects.exclude(frequency="monthly").count() == 0


def test_unknown_spans_are_empty_and_flagged():
    unknown = Step.objects.filter(first_month=None)
    assert unknown.count() == 13
    for step in unknown:
        assert OpenPoint.objects.about(step).filter(field="span").exists()
    assert set(Step.objects.filter(measure__number__in=(9, 10))) == set()
    assert OpenPoint.objects.filter(field="roadmap").count() == 2


def test_open_points_by_group():
    def count(field):
        return OpenPoint.objects.filter(field=field).count()

    assert [
        count(name)
        for name in (
            "lead_department",
            "unit",
            "accumulation",
            "baseline_value",
            "targets",
            "target",
        )
    ] == [10, 23, 23, 23, 23, 4]
    assert all(row.note for row in OpenPoint.objects.all())


def test_loading_again_changes_nothing_and_keeps_what_the_town_changed():
    Indicator.objects.filter(code="1-1").update(name="町が直した名")
    Definition.objects.filter(indicator__code="1-2").update(unit="通")
    before = snapshot.take()
    call_command("load_plan", verbosity=0)
    assert snapshot.take() == before


@pytest.mark.parametrize(
    "name", ["measures:list", "measures:plan", "measures:context", "upkeep:checks"]
)
def test_pages_have_a_fixed_number_of_queries(name, sign_in, head, django_assert_max_num_queries):
    client = sign_in(head)
    client.get(reverse(name))
    with django_assert_max_num_queries(6):
        assert client.get(reverse(name)).status_code == 200


def test_lead_is_kept_by_date(sign_in, secretariat, soumu, zeimu):
    lead(3, soumu)
    client = sign_in(secretariat)
    url = reverse("measures:lead_edit", args=[3])
    answer = client.post(
        url, {"department": zeimu.pk, "starts_on": "令和9年4月1日", "related": [soumu.pk]}
    )
    assert answer.status_code == 302
    measure = Measure.objects.get(number=3)
    assert measure.lead_on(MeasureLead.objects.first().starts_on) == soumu
    assert measure.lead_department == zeimu
    bad = client.post(url, {"department": zeimu.pk, "starts_on": "4月ごろ"})
    assert "日付として読めません" in bad.content.decode()
    assert "4月ごろ" in bad.content.decode()


def test_measure_sheet_shows_the_plans_words(sign_in, viewer):
    text = sign_in(viewer).get(reverse("measures:detail", args=[6])).content.decode()
    assert "文書管理規定を含む文書管理ルールの見直し" in text
    assert "「文書管理規程」か" in text
    assert "所管課" in text
