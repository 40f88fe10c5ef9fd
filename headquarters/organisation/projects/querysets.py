"""Which projects."""

from django.db import models


class ProjectQuerySet(models.QuerySet):
    """Questions asked of projects."""

    def listed(self):
        """With measure, department, amounts and what they serve: four queries."""
        return self.select_related("measure", "department").prefetch_related(
            "amounts", "steps", "indicators"
        )

    def of_measure(self, measure):
        """Those of one measure."""
        return self.filter(measure=measure)

    def of_department(self, department):
        """Those of one department."""
        return self.filter(department=department)

    def in_year(self, year):
        """Those that run in a fiscal year."""
        return self.filter(first_year__lte=year, last_year__gte=year)

    def under_way(self, year):
        """Those that run in a fiscal year and are neither finished nor given up."""
        return self.in_year(year).exclude(state__in=["completed", "cancelled"])

    def same_as(self, project):
        """Other ones of the same name and beginning in the same measure."""
        same = self.filter(
            measure=project.measure, name=project.name, first_year=project.first_year
        )
        return same.exclude(pk=project.pk)
