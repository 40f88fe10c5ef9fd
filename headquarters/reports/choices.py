"""Kinds of editions."""

from django.db import models


class EditionKind(models.TextChoices):
    """What an edition keeps: a month as it was closed, or the annual report of a fiscal year."""

    MONTH = "month", "月次"
    ANNUAL = "annual", "年次"
