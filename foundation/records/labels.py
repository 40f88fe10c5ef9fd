"""What a column is called on screens and in the history."""

from django.db.models import Field, Model


def field_label(model: Model | type[Model], name: str) -> str:
    """The Japanese name of a model's field."""
    column = model._meta.get_field(name)
    assert isinstance(column, Field), f"{name} is a relation from elsewhere"
    return str(column.verbose_name)


def shortened(text: str, length: int) -> str:
    """A text that fits a summary; what was left off is marked, and stands whole elsewhere."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
