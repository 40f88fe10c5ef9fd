"""The JSON Schema (2020-12) of kpi.json, drawn from the columns.

`SCHEMA_VERSION` grows when a key is added, removed or renamed, or means something else.
"""

from foundation.sheets.book import Column
from foundation.sheets.columns import DAY, MONTH, NUMBER
from headquarters.reports.model import MonthlyReport
from headquarters.reports.public.columns import (
    OF_INDICATOR,
    code_lists,
    indicator_columns,
    month_columns,
)
from kpi.rules.grades import LETTERS

SCHEMA_VERSION = 1
A_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
ALWAYS = {"indicator_code", "indicator_name", "measure_number", "month", "fiscal_year"}
TEXT, WHOLE, YES_OR_NO = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
NUMBER_OR_NONE = {"type": ["number", "null"]}
A_DAY = {"type": "string", "format": "date"}


def schema_of(report: MonthlyReport) -> dict:
    """The schema of an edition's kpi.json."""
    found = _object(
        {
            "schema_version": {"const": SCHEMA_VERSION, "title": "この形式の版"},
            "schema": TEXT | {"title": "JSON Schemaのファイル名"},
            "plan": TEXT | {"title": "計画名"},
            "municipality_code": TEXT | {"title": "全国地方公共団体コード", "pattern": "^[0-9]*$"},
            "municipality": TEXT | {"title": "団体名"},
            "report_month": TEXT | {"title": "報告の年月（西暦）", "pattern": A_MONTH},
            "fiscal_year": WHOLE | {"title": "報告の年度（西暦）"},
            "edition": WHOLE | {"title": "版番号", "minimum": 1},
            "as_of": A_DAY | {"title": "基準日（いつの時点の状態か）"},
            "closed_on": A_DAY | {"title": "この版を締めた日"},
            "sample": YES_OR_NO | {"title": "見本データか（trueの数値は架空）"},
            "grades": _list(_grade(), "評価区分"),
            "indicators": _list(_indicator(report), "公表する指標"),
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "計画の進捗状況（公表版）",
    } | found


def _object(properties: dict) -> dict:
    """An object that has all of these keys and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: dict, title: str) -> dict:
    return {
        "type": "array",
        "title": title,
        "items": of,
    }


def _grade() -> dict:
    return _object(
        {
            "letter": {"enum": list(LETTERS), "title": "評価"},
            "name": TEXT | {"title": "評価の名前"},
            "rate_from": NUMBER_OR_NONE | {"title": "この率（％）から。nullはそれ未満すべて"},
        }
    )


def _target() -> dict:
    return _object(
        {
            "fiscal_year": WHOLE | {"title": "年度（西暦）"},
            "target": NUMBER_OR_NONE | {"title": "年度目標"},
            "target_lower": NUMBER_OR_NONE | {"title": "範囲の目標の下限"},
            "target_upper": NUMBER_OR_NONE | {"title": "範囲の目標の上限"},
            "decided_none": YES_OR_NO | {"title": "目標を置かないと決めた年度か"},
        }
    )


def _indicator(report: MonthlyReport) -> dict:
    months = month_columns()
    once = [each for each in months if each.name in OF_INDICATOR]
    monthly = [each for each in months if each.name not in OF_INDICATOR]
    return _object(
        _properties([*indicator_columns(report), *once], report)
        | {
            "decimals": WHOLE | {"title": "小数の桁数（表示）", "minimum": 0},
            "targets": _list(_target(), "年度ごとの目標"),
            "records": _list(_object(_properties(monthly, report)), "月ごとの値"),
        }
    )


def _properties(columns: list[Column], report: MonthlyReport) -> dict:
    """{key: what it holds} of columns."""
    return {column.name: _property(column, report) for column in columns}


def _property(column: Column, report: MonthlyReport) -> dict:
    told = {"title": column.header}
    if column.meaning:
        told["description"] = column.meaning
    if column.unit:
        told["$comment"] = f"単位：{column.unit}"
    return _kind(column, report) | told


def _kind(column: Column, report: MonthlyReport) -> dict:
    """The type of a column's values; null where there is none."""
    none = [] if column.name in ALWAYS else ["null"]
    if column.codes:
        listed = code_lists(report)[column.codes]
        return {"enum": [*(each.code for each in listed.choices), *([None] if none else [])]}
    kind = {"type": ["number" if column.kind == NUMBER else "string", *none]}
    if column.kind == DAY:
        return kind | {"format": "date"}
    return kind | ({"pattern": A_MONTH} if column.kind == MONTH else {})
