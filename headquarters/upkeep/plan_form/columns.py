"""A column of 計画の様式: a field of a model, or something else that is asked beside it."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from headquarters.upkeep.plan_form.values import Choice, Number, Text, Value, Yes


@dataclass(frozen=True)
class FormColumn:
    """One column (of the sheet 計画: one line).

    `name`: under which its value is passed on; `default`: what a blank cell means, where that is
    not `value.empty`.
    """

    name: str
    header: str
    value: Value
    width: float = 12
    help: str = ""
    required: bool = False
    default: Any = None

    @property
    def blank(self) -> Any:
        """What a blank cell stands for."""
        return self.value.empty if self.default is None else self.default


@dataclass(frozen=True)
class FormSheet:
    """One sheet: its columns, one line of what goes into it, and by which columns a row is known
    (`key`): no two rows have the same. `frozen`: how many columns stay in sight.
    """

    title: str
    about: str
    columns: tuple[FormColumn, ...]
    key: tuple[str, ...] = ()
    frozen: int = 1

    def column(self, name: str) -> FormColumn:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def column(model: type[models.Model], name: str, width: float = 12, **given: Any) -> FormColumn:
    """The column of a field: called as the field is, as long, with its choices and its default.

    `given`: what is otherwise here (header, value, help, required).
    """
    field: Any = model._meta.get_field(name)
    default = field.default if field.has_default() else None
    required = not (field.blank or field.null or field.has_default())
    if isinstance(field, models.BooleanField):
        required, default = False, False
    return FormColumn(
        name=name,
        header=given.get(
            "header",
            str(field.verbose_name),
        ),
        value=given.get("value") or _value(field),
        width=width,
        help=given.get("help", str(field.help_text)),
        required=given.get("required", required),
        default=default,
    )


def _value(field: Any) -> Value:
    """How its values are written."""
    if field.choices:
        pairs = tuple((str(code), str(label)) for code, label in field.choices)
        return Choice(pairs)
    if isinstance(field, models.BooleanField):
        return Yes()
    if isinstance(field, models.TextField):
        return Text(field.max_length or 0, long=True)
    if isinstance(field, models.CharField):
        return Text(field.max_length or 0)
    if isinstance(field, models.DecimalField):
        return Number(places=field.decimal_places)
    if isinstance(field, models.PositiveSmallIntegerField):
        return Number(whole=True, highest=SMALL)
    raise TypeError(f"{field} says not how it is written")


SMALL = 32767  # the most that such a column of the database keeps
