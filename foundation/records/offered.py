"""What a choice in a form offers: rows that a page has read anyway, not asked for once more."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model


def offer(name: str, rows: Iterable[Model], shown: Iterable[forms.BaseForm]) -> None:
    """What the field of that name offers in each of these forms that has it."""
    choices = [(row.pk, str(row)) for row in rows]
    for form in shown:
        if name in form.fields:
            field: Any = form.fields[name]
            field.widget.choices = [("", field.empty_label), *choices]
