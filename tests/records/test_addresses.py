"""Addresses that are worked out once are those that Django says."""

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix

from foundation.records.addresses import address_of


def test_an_address_is_that_of_django():
    for _ in range(2):
        assert address_of("kpi:months") == reverse("kpi:months")
        assert address_of("measures:detail", 3) == reverse("measures:detail", args=[3])
        assert address_of("measures:detail", number=3) == reverse("measures:detail", args=[3])


def test_below_another_prefix_it_is_another():
    plain = address_of("kpi:months")
    set_script_prefix("/portal/")
    try:
        assert address_of("kpi:months") == f"/portal{plain}"
    finally:
        set_script_prefix("/")
    assert address_of("kpi:months") == plain


def test_another_table_of_addresses_has_its_own():
    with pytest.raises(NoReverseMatch):
        address_of("bench:nothing")
    with override_settings(ROOT_URLCONF="bench.urls"):
        assert address_of("kpi:months") == reverse("kpi:months")


def test_the_tag_writes_the_same_and_nothing_into_a_variable_for_what_is_missing():
    page = Template("{% url 'measures:detail' number %}|{% url 'nowhere' as there %}{{ there }}")
    assert page.render(Context({"number": 3})) == f"{reverse('measures:detail', args=[3])}|"
