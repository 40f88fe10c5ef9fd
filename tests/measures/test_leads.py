"""The 所管課 of all measures in one table."""

import pytest
from django.urls import reverse

from measures.models import Measure, MeasureLead, OpenPoint
from tests.pages import page_text
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
URL = reverse("measures:leads")


def left():
    return OpenPoint.objects.unsettled().filter(field="lead_department").count()


def test_all_leads_are_chosen_and_saved_at_once(sign_in, secretariat, soumu, zeimu):
    client = sign_in(secretariat)
    assert '<b class="dx-num">0</b>／10 決定済み' in page_text(client.get(URL))
    chosen = {f"m{number}-department": soumu.pk for number in range(1, 11)}
    data = client.filled(URL, action=URL) | chosen | {"m3-department": zeimu.pk}
    assert client.post(URL, data, bare=True).status_code == 302
    assert MeasureLead.objects.count() == 10 and left() == 0
    assert Measure.objects.get(number=3).lead_department == zeimu
    assert str(MeasureLead.objects.first().starts_on) == "2026-04-01"
    page = client.filled(URL, action=URL)
    client.post(URL, page | {"m3-department": soumu.pk, "starts_on": "R9.4.1"}, bare=True)
    assert MeasureLead.objects.count() == 11


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts_on": "4月ごろ"}, "「4月ごろ」"),
        ({"starts_on": "R3.4.1"}, "担当の開始日「R3.4.1」"),
        ({"m3-department": ""}, "施策3：所管課は未定に戻せません"),
        ({"m3-department": "999999"}, "施策3："),
    ],
)
def test_a_wrong_choice_is_named_and_nothing_is_saved(
    sign_in, secretariat, soumu, zeimu, typed, said
):
    lead(3, zeimu)
    client = sign_in(secretariat)
    data = client.filled(URL, action=URL) | {"m1-department": soumu.pk} | typed
    answer = client.post(URL, data, bare=True)
    assert answer.status_code == 422 and said in page_text(answer)
    assert f'<option value="{soumu.pk}" selected>' in answer.content.decode()
    assert MeasureLead.objects.count() == 1


def test_what_somebody_else_chose_is_not_overwritten(sign_in, secretariat, soumu, zeimu):
    client = sign_in(secretariat)
    data = client.filled(URL, action=URL) | {"m3-department": soumu.pk}
    lead(3, zeimu)
    answer = client.post(URL, data, bare=True)
    assert answer.status_code == 409 and "税務課" in page_text(answer)
    assert Measure.objects.get(number=3).lead_department == zeimu


def test_the_single_form_settles_the_point_too(sign_in, secretariat, soumu):
    before = left()
    client, url = sign_in(secretariat), reverse("measures:lead_edit", args=[3])
    client.post(url, {"department": soumu.pk, "starts_on": "R8.4.1"})
    assert left() == before - 1
