"""Django's admin writes nothing: it shows the plan to look at, and nothing of other apps."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from foundation.accounts.admin import ReadOnly
from foundation.records.models import HistoryEntry
from measures.models import Measure

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
SHOWN = [model._meta for model in admin.site._registry]


@pytest.mark.parametrize("model", SHOWN, ids=str)
def test_a_shown_table_cannot_be_written(model, secretariat, sign_in):
    client = sign_in(secretariat)
    assert isinstance(admin.site._registry[model.model], ReadOnly)
    row = model.model.objects.first()
    name = f"admin:{model.app_label}_{model.model_name}"
    before, entries = list(model.model.objects.values()), HistoryEntry.objects.count()
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
    addresses = [
        reverse(f"{name}_add"),
        reverse(f"{name}_change", args=[row.pk]),
        reverse(f"{name}_delete", args=[row.pk]),
    ]
    for address in addresses:
        assert client.post(address, {"name": "x", "post": "yes"}, bare=True).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse(f"{name}_changelist"), data, bare=True)
    assert list(model.model.objects.values()) == before
    assert HistoryEntry.objects.count() == entries


@pytest.mark.parametrize(
    "name",
    [
        "auth_group",
        "accounts_user",
        "accounts_membership",
        "accounts_department",
        "axes_accessattempt",
        "axes_accesslog",
        "kpi_kpivalue",
    ],
)
def test_nothing_else_is_there(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}_changelist")


def test_it_stands_in_the_portal_and_speaks_its_language(secretariat, sign_in):
    """Our frame, our style sheet alone, Japanese; and a way to where the same is changed."""
    client, row = sign_in(secretariat), Measure.objects.get(number=3)
    listed = reverse("admin:measures_measure_changelist")
    shown = reverse("admin:measures_measure_change", args=[row.pk])
    told = reverse("admin:measures_measure_history", args=[row.pk])
    for address in ("/admin/", "/admin/measures/", listed, shown, told):
        page = client.get(address).content.decode()
        assert page.count("<h1>") == 1, address
        assert 'class="dx-header"' in page, address
        assert "admin/css" not in page, address
        assert reverse("measures:plan") in page, address
    assert row.summary[:20] in client.get(shown).content.decode()
    assert reverse("upkeep:plan_changes") in client.get("/admin/").content.decode()


@pytest.mark.parametrize("place", ["login/", "password_change/"])
def test_no_side_door(place, secretariat, sign_in):
    client = sign_in(secretariat)
    assert client.get(f"/admin/{place}").status_code == 404
    data = {"old_password": "x", "new_password1": "y", "new_password2": "y"}
    assert client.post(f"/admin/{place}", data, bare=True).status_code == 404


def test_a_measure_is_renamed_by_the_plans_own_door(secretariat, head, sign_in):
    url = "/plan/changes/?kind=rename-measure"
    row = Measure.objects.get(number=3)
    data = {
        "measure": row.pk,
        "name": "公金収納のデジタル化",
        "summary": row.summary,
        "effective_on": "R9.4.1",
        "reason": "対象の拡大",
        "decision": "第2回推進本部会議",
    }
    assert sign_in(head).post(url, data).status_code == 403
    assert sign_in(secretariat).post(url, data).status_code == 302
    row.refresh_from_db()
    assert row.name == "公金収納のデジタル化"
    entry = HistoryEntry.objects.get(action="plan.change")
    assert (entry.reason, entry.after["名称"]) == ("対象の拡大", "公金収納のデジタル化")
