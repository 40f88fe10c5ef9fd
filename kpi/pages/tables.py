"""The list of indicators."""

import django_tables2 as tables
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html

from foundation.japanese.numbers import format_number

NUMBER = {"td": {"class": "is-num"}, "th": {"class": "is-num"}}


class IndicatorTable(tables.Table):
    """One row per indicator, as judged in one month."""

    code = tables.Column("番号", attrs={"td": {"class": "dx-num"}}, order_by="order")
    name = tables.Column("指標")
    measure = tables.Column("施策", order_by="order")
    department = tables.Column("担当課")
    target = tables.Column("年度目標", attrs=NUMBER, orderable=False)
    actual = tables.Column("実績", attrs=NUMBER, orderable=False)
    rate = tables.Column("達成率", attrs=NUMBER, empty_values=())
    grade = tables.Column("評価", empty_values=())
    state = tables.Column("当月の入力", orderable=False)

    class Meta:
        empty_text = "条件に合う指標はありません。絞り込みを外してください。"

    def render_name(self, value, record):
        return format_html(
            '<a href="{}">{}</a>', reverse("reports:indicator", args=[record.code]), value
        )

    def render_rate(self, value):
        return "－" if value is None else f"{format_number(value, 1)}％"

    def render_grade(self, value, record):
        return get_template("components/grade.html").render(
            {"letter": value, "name": record.grade_name, "reason": record.not_judged}
        )
