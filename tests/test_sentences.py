"""What a constraint refuses is said in Japanese, with the name of the field."""

import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q, UniqueConstraint
from django.urls import reverse

from kpi.models import Definition, Indicator, Target
from tests.pages import page_text

ROOMS = ("foundation", "measures", "kpi", "roadmap", "headquarters")
MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]
CONSTRAINTS = [
    pytest.param(model, constraint, id=constraint.name)
    for model in MODELS
    for constraint in model._meta.constraints
]
UNIQUE = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in MODELS
    for field in model._meta.fields
    if field.unique and not field.primary_key
]
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
ENGLISH = re.compile("(?!PDCA)[A-Za-z_]{4,}")


def names_in(condition):
    for part in getattr(condition, "children", ()):
        if isinstance(part, Q):
            yield from names_in(part)
        else:
            yield part[0].split("__")[0]


def fields_of(constraint):
    return {*getattr(constraint, "fields", ()), *names_in(constraint.condition)}


def sentence_of(model, constraint):
    own = constraint.violation_error_message != constraint.default_violation_error_message
    if isinstance(constraint, UniqueConstraint) and not constraint.condition and not own:
        return str(model().unique_error_message(model, constraint.fields).messages[0])
    return constraint.get_violation_error_message()


def said_names(model, constraint):
    """The words by which a person knows the fields: their labels, without brackets, and parts."""
    labels = {
        str(model._meta.get_field(name).verbose_name)
        for name in fields_of(constraint)
        if name in {field.name for field in model._meta.fields}
    }
    words = {re.sub("（.*?）", "", label) for label in labels}
    return words | {part for word in words for part in re.split("[・の]", word)}


@pytest.mark.pure
@pytest.mark.parametrize(("model", "constraint"), CONSTRAINTS)
def test_every_constraint_says_its_field_in_japanese(model, constraint):
    sentence = sentence_of(model, constraint)
    assert JAPANESE.search(sentence)
    assert not ENGLISH.search(sentence), sentence
    assert sentence.endswith("。")
    words = said_names(model, constraint) | {str(model._meta.verbose_name)}
    assert any(word and word in sentence for word in words), (sentence, words)


@pytest.mark.pure
@pytest.mark.parametrize("model", MODELS)
def test_every_column_has_a_japanese_name(model):
    without = [
        field.name
        for field in model._meta.fields
        if not field.primary_key and not JAPANESE.search(str(field.verbose_name))
    ]
    assert without in ([], ["workbook"])  # Excel is its name


@pytest.mark.pure
@pytest.mark.parametrize(("model", "field"), UNIQUE)
def test_every_unique_field_says_its_name(model, field):
    error = model().unique_error_message(model, (field.name,))
    assert str(field.verbose_name) in error.messages[0] or "使われています" in error.messages[0]
    assert not ENGLISH.search(error.messages[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"due_month": 15}, "due_month", "1～12の数字"),
        ({"due_month": 0}, "due_month", "1～12の数字"),
        ({"may_exceed_100": "on"}, None, "100％を超える値"),
        ({"method": "baseline_ratio"}, None, "基準値比"),
        ({"unit": "件" * 11}, "unit", "10字までにしてください（いま11字）"),
        ({"decimals": "x"}, "decimals", "数字だけを入力してください"),
        ({"kind": "other"}, "kind", "「other」は選べません"),
        ({"department": "9999"}, "department", "選べない項目です"),
    ],
)
def test_what_a_definition_is_refused_for_stands_at_its_field(
    changed, field, words, secretariat, sign_in
):
    client, url = sign_in(secretariat), reverse("kpi:definition", args=["1-2"])
    answer = client.post(url, {**client.filled(url, unit=""), **changed}, bare=True)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert words in "".join(errors[field or "__all__"])
    text = page_text(answer)
    assert "<title> エラー：" in text
    assert words in text
    if field:
        assert f'href="#id_{field}"' in text
    for value in changed.values():
        assert value in ("on", "9999") or str(value) in text


@pytest.mark.django_db
def test_a_validation_error_of_a_constraint_is_never_its_name():
    row = Definition.objects.get(indicator__code="1-2")
    row.due_month = 15
    with pytest.raises(ValidationError) as found:
        row.full_clean()
    assert "kpi_definition" not in str(found.value)
    target = Target(indicator=Indicator.objects.first(), fiscal_year=2026, from_month="2026-04-02")
    with pytest.raises(ValidationError) as found:
        target.full_clean()
    assert "kpi_target" not in str(found.value)
