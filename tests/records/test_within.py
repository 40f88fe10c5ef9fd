"""Rows that come within another row's question are what the tables say."""

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from foundation.accounts.models import User
from foundation.records.people import person_told, who
from foundation.records.within import rows_within, told_of
from kpi.models import Indicator
from measures.models import Plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (User, ("id", "full_name", "username")),
        (User, ("username", "id", "full_name")),
        (Indicator, ("id", "code", "name")),
        (Indicator, ("name", "code", "id", "order")),
        (Plan, ("title", "id")),
    ],
)
def test_columns_are_told_by_name_in_whatever_order(head, model, columns):
    stored = model.objects.values(*columns).first()
    row = told_of(model, **{name: stored[name] for name in columns})
    with CaptureQueriesContext(connection) as captured:
        assert {name: getattr(row, name) for name in columns} == stored
    assert len(captured) == 0
    assert row.get_deferred_fields() == {
        field.attname for field in model._meta.concrete_fields
    } - set(columns)


def test_a_model_that_is_listened_to_is_told_alike(head):
    """Such rows are made by Django itself, which takes columns in the model's own order."""

    def hear(**_):
        pass

    post_init.connect(hear, sender=User)
    try:
        row = told_of(User, username="a", id=1, full_name="b")
    finally:
        post_init.disconnect(hear, sender=User)
    assert (row.pk, row.username, row.full_name) == (1, "a", "b")


def test_a_column_that_is_none_is_refused():
    with pytest.raises(AssertionError, match="has not all"):
        told_of(User, id=1, nickname="花")


def test_a_person_is_called_by_name(head):
    told = {"person": head.pk, "full_name": head.full_name, "username": head.username}
    assert person_told(told).display_name == head.display_name == "総務 花子"
    assert person_told({"person": None, "full_name": None, "username": None}) is None
    assert who("locked_by")["full_name"] == "locked_by__full_name"


def test_rows_that_belong_to_none_come_along(head, other_head):
    people = User.objects.filter(username__endswith="kacho")
    for rows in (people, people.order_by("-id"), people.none()):
        (plan,) = Plan.objects.annotate(told=rows_within(rows, by=None, id="id", name="username"))
        found = {(row["id"], row["name"]) for row in plan.told or ()}
        assert found == set(rows.values_list("id", "username"))
