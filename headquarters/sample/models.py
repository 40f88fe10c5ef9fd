"""Whether this portal wants sample data: asked once, remembered with the data."""

from django.db import models


class SampleChoice(models.Model):
    """The one row: sample data was loaded (wanted), or is to stay away.

    It belongs to no room that `snapshot` covers, so that unloading keeps it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    wanted = models.BooleanField("見本データを使う")
    decided_at = models.DateTimeField("決めた日時")

    class Meta:
        verbose_name = verbose_name_plural = "見本データの選択"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1),
                name="sample_one_choice_row",
                violation_error_message="見本データの選択は1つだけです。",
            )
        ]

    def __str__(self):
        return "見本データを使う" if self.wanted else "見本データを使わない"
