"""試験町DX計画: a plan that nobody has made, for tests only. Other years, other numbers of
policies, measures and indicators, other grades, other open points.

Nothing of it is of a real town; the code 999999 is nobody's.
"""

from datetime import date, time
from decimal import Decimal

from django.apps import apps

from foundation.records.models import SampleLoad
from headquarters.sample.snapshot import town_models
from headquarters.upkeep.plan_form.gathering import Rows
from headquarters.upkeep.plan_form.sheets import (
    INDICATORS,
    MEASURES,
    NOTES,
    PLAN,
    POINTS,
    POLICIES,
    SECTIONS,
    STATISTICS,
    STEPS,
    TARGETS,
)

TITLE = "試験町DX計画（試験用の架空の計画）"
FIRST_YEAR, LAST_YEAR = 2030, 2033
MEASURE_NAMES = ("ほしぞら受付", "みずうみ案内", "こもれび書庫", "かざぐるま通信", "ひだまり学級")
CODES = ("1-1", "1-2", "2-1", "3-1", "3-2", "4-1", "5-1", "5-2")


def number(code, name, unit, **more):
    """An indicator that is a number, added up over the year."""
    usual = {"kind": "number", "direction": "increase", "accumulation": "year_sum", "decimals": 0}
    given = {"code": code, "measure": int(code[0]), "name": name, "source_text": name}
    return {**given, "unit": unit, **usual, "frequency": "monthly", "due_month": 3, **more}


def ratio(code, name, above, below, **more):
    """An indicator that is a rate."""
    parts = {"numerator_label": above, "denominator_label": below, "kind": "ratio"}
    units = {"numerator_unit": "人", "denominator_unit": "人", "decimals": 1}
    return number(code, name, "％", **parts, **units, **more)


def invented() -> Rows:
    """The rows of its form."""
    return {
        PLAN.title: [
            {
                "title": TITLE,
                "municipality": "試験町",
                "municipality_code": "999999",
                "adopted_on": date(2030, 3, 1),
                "first_fiscal_year": FIRST_YEAR,
                "last_fiscal_year": LAST_YEAR,
                "vision": "だれも待たせない試験の役場",
                "headquarters": "試験町情報化会議",
                "headquarters_members": "本部長（町長）・委員（課長等）",
                "secretariat": "企画課試験係",
                **{f"grade_{letter}": name for letter, name in zip("ABCD", GRADES, strict=True)},
                "from_A": Decimal("95"),
                "from_B": Decimal("75.5"),
                "from_C": Decimal("40"),
                "deadline_day": 15,
                "deadline_hour": time(12),
            }
        ],
        POLICIES.title: [
            {"number": 1, "name": "待たない窓口", "target": "community", "effect": "時間を返す"},
            {"number": 2, "name": "迷わない書類", "target": "municipality", "effect": ""},
            {"number": 3, "name": "学びあう町", "target": "", "effect": "学ぶ人を増やす"},
        ],
        MEASURES.title: [
            {
                "number": order,
                "policy": policy,
                "name": name,
                "source_text": name,
                "summary": f"{name}を試す。\n2行目もある。",
                "current_issues": "",
                "initiatives": "まず数える",
                "kpi_text": "",
                "roadmap_text": "",
            }
            for order, (policy, name) in enumerate(
                zip((1, 1, 2, 3, 3), MEASURE_NAMES, strict=True), 1
            )
        ],
        SECTIONS.title: [
            {
                "order": 10,
                "chapter": 1,
                "chapter_title": "試験の背景",
                "heading": "",
                "body": "架空の町の架空の計画です。\n\n数字に意味はありません。\t欄",
            },
            {
                "order": 20,
                "chapter": 2,
                "chapter_title": "試験の体制",
                "heading": "(1) 会議",
                "body": "会議を置きます。",
            },
        ],
        NOTES.title: [
            {"code": "n-1", "place": "section", "key": 10, "quote": "架空", "note": "試験です"},
            {"code": "n-2", "place": "measure", "key": 3, "quote": "数える", "note": "件数です"},
        ],
        STATISTICS.title: [
            {
                "order": 1,
                "group": "人口",
                "series": "総人口",
                "year": 2025,
                "value": Decimal("4321"),
                "decimals": 0,
                "unit": "人",
                "source": "試験調査",
                "note": "",
            }
        ],
        INDICATORS.title: [
            number("1-1", "受付の件数", "件", baseline_value=Decimal("12.5"), published=True),
            ratio("1-2", "待たなかった割合", "受付の件数", "来た人", numerator_source="1-1"),
            number("2-1", "案内にかかる時間", "分", direction="decrease", accumulation="latest"),
            number("3-1", "書類の種類", "種", accumulation="plan_sum", published=True),
            ratio("3-2", "読める書類の割合", "読める書類", "書類", published=True),
            number("4-1", "通信の事故", "件", direction="zero", frequency="quarterly"),
            number("5-1", "学んだ人", "人", direction="maintain", measured_from=date(2031, 4, 1)),
            ratio(
                "5-2",
                "分かった人の割合",
                "分かった人",
                "答えた人",
                accumulation="latest",
                frequency="yearly",
                due_month=9,
                is_survey=True,
                formula_text="年に1回、\n紙で聞く。",
                baseline_fiscal_year=2025,
            ),
        ],
        TARGETS.title: [
            {"code": "1-1", "fiscal_year": 2030, "value": Decimal("120.5"), "rationale": "月10件"},
            {"code": "1-1", "fiscal_year": 2031, "value": Decimal("240")},
            {"code": "1-2", "fiscal_year": 2030, "value": Decimal("80")},
            {
                "code": "5-1",
                "fiscal_year": 2031,
                "lower": Decimal("10"),
                "upper": Decimal("20"),
                "decided_on": date(2030, 3, 20),
                "decided_where": "試験会議",
            },
            {
                "code": "4-1",
                "fiscal_year": 2030,
                "none": True,
                "reason": "まだ数えない",
                "decided_on": date(2030, 3, 20),
                "decided_where": "試験会議",
            },
            {"code": "3-1", "fiscal_year": 2030, "value": Decimal("5"), "midyear_value": 2},
        ],
        STEPS.title: [
            {
                "measure": 1,
                "order": 1,
                "name": "選ぶ",
                "source_text": "",
                "recurrence": "none",
                "first_month": date(2030, 4, 1),
                "last_month": date(2030, 12, 1),
            },
            {"measure": 1, "order": 2, "name": "作る", "source_text": "", "recurrence": "none"},
            {
                "measure": 4,
                "order": 1,
                "name": "毎年ひらく",
                "source_text": "毎年",
                "recurrence": "yearly",
                "first_month": date(2030, 4, 1),
                "last_month": date(2034, 3, 1),
            },
        ],
        POINTS.title: [
            point(1, "step", "1-2", "span", "期間"),
            point(2, "indicator", "2-1", "unit", "単位"),
            point(3, "plan", "", "bands", "評価区分のしきい値"),
        ],
    }


GRADES = ("達成", "ほぼ達成", "もう少し", "これから")


def point(order, subject, key, field, label):
    """An open point."""
    about = {"order": order, "subject": subject, "key": key, "field": field}
    said = {"field_label": label, "group": label, "provenance": "inferred", "note": "確かめる"}
    return {**about, **said, "source_text": "", "proposal": "案"}


OF_THE_PLAN = ("measures", "kpi", "roadmap")


def without_plan() -> None:
    """Take every row of the plan out of the database of this test."""
    for label in OF_THE_PLAN:
        for model in apps.get_app_config(label).get_models():
            found = model._base_manager.all()
            found._raw_delete(found.db)


def without_town() -> None:
    """Take out the sample town, and the plan with it."""
    SampleLoad.objects.update(unloading=True)
    for model in town_models():
        found = model._base_manager.all()
        found._raw_delete(found.db)
    SampleLoad.objects.all().delete()
