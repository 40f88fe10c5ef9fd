"""The list of indicators."""

import django_tables2 as tables
from django.utils.html import format_html

from foundation.accounts.navigation import onward
from foundation.japanese.calendar import month_name
from foundation.japanese.numbers import format_number
from foundation.records import components
from foundation.records.addresses import address_of
from foundation.records.tables import Table
from headquarters.reports.pages.viewpoint import Viewpoint
from kpi.addresses import baseline_place

LEAD = {"td": {"class": "is-lead"}}
NUMBER = {"td": {"class": "is-num"}, "th": {"class": "is-num"}}


class IndicatorTable(Table):
    """One row per indicator, as the report of a viewpoint has it."""

    code = tables.Column("番号", attrs={"td": {"class": "dx-num"}}, order_by="order")
    name = tables.Column("指標", accessor="row__name", attrs=LEAD, order_by="order")
    department = tables.Column("入力課", accessor="row__department")
    target = tables.Column("年度目標", attrs=NUMBER, orderable=False)
    expectation = tables.Column("期待値", attrs=NUMBER, orderable=False)
    actual = tables.Column("実績", attrs=NUMBER, orderable=False)
    rate = tables.Column("達成率", accessor="row__rate", attrs=NUMBER, empty_values=())
    grade = tables.Column("評価", accessor="row__grade", empty_values=())
    before = tables.Column("前の版から", orderable=False, empty_values=())
    state = tables.Column("入力", orderable=False)

    class Meta:
        attrs = {"caption": "KPIの一覧"}
        empty_text = "条件に合う指標はありません。絞り込みを外してください。"

    def __init__(self, rows, viewpoint: Viewpoint, *, may_define: bool = False, **others):
        super().__init__(rows, **others)
        self.viewpoint, self.may_define = viewpoint, may_define
        month, base = viewpoint.month, viewpoint.base
        self.columns["state"].column.verbose_name = f"{month_name(month)}の入力"
        phase = "年度評価" if month.month == 3 else "見通し"
        self.columns["grade"].column.verbose_name = f"評価（{phase}）"
        if base is None:
            self.columns.hide("before")
        else:
            name = f"{month_name(base.month)} 第{base.number}版から"
            self.columns["before"].column.verbose_name = name

    def render_name(self, value, record):
        address = address_of("reports:indicator", record.code) + self.viewpoint.query
        return format_html('<a href="{}">{}</a>', onward(self.request, address), value)

    def render_actual(self, value, record):
        until = record.until(self.viewpoint.month)
        if not until:
            return value
        return format_html('{}<br><small class="dx-muted">{}</small>', value, until)

    def render_rate(self, value):
        return "－" if value is None else f"{format_number(value, 1)}％"

    def render_grade(self, value, record):
        reason = record.row.not_judged or ""
        door = baseline_place(record.code, reason) if self.may_define else ""
        return components.drawn(
            "grade", letter=value, name=record.grade_name, reason=reason, door=door
        )

    def render_before(self, record):
        badge = components.drawn("letter", letter=record.before)
        if not record.change or record.change == "same":
            return badge
        return format_html('{} <b class="dx-nowrap">{}</b>', badge, record.change_name)
