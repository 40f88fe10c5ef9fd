"""Lists of people and departments."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django_tables2 import RequestConfig

from foundation.accounts.models import Department, User
from foundation.accounts.navigation import onward
from foundation.japanese.calendar import wareki_short
from foundation.records.tables import Table

PER_PAGE = 50


def configured(request, table):
    """The table sorted and paged by the address, always the same way."""
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return table


class UserTable(Table):
    """Users with today's memberships."""

    username = tables.Column("利用者名")
    full_name = tables.Column("氏名")
    memberships = tables.Column(
        "所属", accessor="memberships_now", orderable=False, empty_values=()
    )
    is_active = tables.Column("利用")
    last_login = tables.Column("最後のログイン")

    class Meta:
        model = User
        attrs = {"caption": "利用者"}
        fields = ("username", "full_name", "memberships", "is_active", "last_login")
        empty_text = "該当する利用者はいません。"

    def render_username(self, value, record):
        address = onward(self.request, reverse("accounts:user_edit", args=[record.pk]))
        return format_html('<a href="{}">{}</a>', address, value)

    def render_memberships(self, value):
        if not value:
            return format_html(
                '<span class="dx-muted">{}</span>',
                "所属なし",
            )
        return format_html_join("、", "{}", ((str(row),) for row in value))

    def render_is_active(self, value):
        return "利用中" if value else "停止"

    def render_last_login(self, value):
        return wareki_short(timezone.localtime(value).date())


class DepartmentTable(Table):
    """Departments with their validity."""

    name = tables.Column("課名", linkify=("accounts:department_edit", {"pk": tables.A("pk")}))
    code = tables.Column("課コード")
    sort_order = tables.Column("並び順")
    valid_from = tables.Column("設置日")
    valid_until = tables.Column("廃止日")

    class Meta:
        model = Department
        attrs = {"caption": "課"}
        fields = ("name", "code", "sort_order", "valid_from", "valid_until")
        empty_text = "課はまだ登録されていません。「課を登録する」から始めてください。"

    def render_valid_from(self, value):
        return wareki_short(value)

    render_valid_until = render_valid_from
