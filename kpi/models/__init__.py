"""Indicators, definitions and targets by version, monthly values, submissions and months.

Nothing derived is stored: rates, grades and states of a cell come from `kpi.rules` when they are
read. Rules: docs/rules.md §2–5.
"""

from kpi.models.forecast import YearEndForecast
from kpi.models.indicator import Definition, Indicator
from kpi.models.label import FormerLabel
from kpi.models.month import (
    Reopening,
    ReportingMonth,
    ReturnReason,
    ReturnReply,
    Submission,
)
from kpi.models.target import Target
from kpi.models.value import KpiValue

__all__ = [
    "Definition",
    "FormerLabel",
    "Indicator",
    "KpiValue",
    "Reopening",
    "ReportingMonth",
    "ReturnReason",
    "ReturnReply",
    "Submission",
    "Target",
    "YearEndForecast",
]
