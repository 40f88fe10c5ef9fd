"""DX関連事業 of a measure, with its amounts year by year (docs/rules.md §11)."""

from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from foundation.japanese.calendar import fiscal_year_short
from headquarters.organisation.projects.choices import SIGNS, ProjectState
from headquarters.organisation.projects.querysets import ProjectQuerySet
from kpi.models import Indicator
from measures.models import Measure
from roadmap.models import Step


class Project(models.Model):
    """DX関連事業: what a department does for a measure, from a fiscal year to another.

    `steps`, `indicators`: those of the measure that it serves. `version`: data revision.
    """

    measure = models.ForeignKey(
        Measure, verbose_name="個別施策", on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField("事業名", max_length=100)
    department = models.ForeignKey(
        Department, verbose_name="課", on_delete=models.PROTECT, related_name="+"
    )
    first_year = models.PositiveSmallIntegerField("開始年度")
    last_year = models.PositiveSmallIntegerField("終了年度")
    what = models.CharField("内容", max_length=500, blank=True)
    state = models.CharField(
        "状態", max_length=12, choices=ProjectState, default=ProjectState.NOT_STARTED
    )
    steps = models.ManyToManyField(Step, verbose_name="支える工程", blank=True, related_name="+")
    indicators = models.ManyToManyField(
        Indicator, verbose_name="支える指標", blank=True, related_name="+"
    )
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "DX関連事業"
        ordering = ["measure__number", "first_year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_year__gte=F("first_year")),
                name="organisation_project_years",
                violation_error_message="終了年度は開始年度以後にしてください。",
            ),
            models.UniqueConstraint(
                fields=["measure", "name", "first_year"],
                name="organisation_project_once",
                violation_error_message="同じ施策の同じ開始年度に、同じ事業名がすでにあります。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def years(self) -> str:
        """「R8」, 「R8–R11」."""
        first, last = fiscal_year_short(self.first_year), fiscal_year_short(self.last_year)
        return first if first == last else f"{first}–{last}"

    @property
    def sign(self) -> str:
        """By which sign its state is drawn."""
        return SIGNS[ProjectState(self.state)]

    @property
    def serves(self) -> str:
        """「1-1、1-2、システム調査」: indicators by code, steps by name."""
        codes = [row.code for row in self.indicators.all()]
        return "、".join([*codes, *(row.name for row in self.steps.all())])


class ProjectAmount(models.Model):
    """予算・決算 of a project in one fiscal year, in 千円; empty: none, or not known."""

    project = models.ForeignKey(
        Project, verbose_name="事業", on_delete=models.CASCADE, related_name="amounts"
    )
    fiscal_year = models.PositiveSmallIntegerField("年度")
    budget = models.PositiveIntegerField("予算（千円）", null=True, blank=True)
    settled = models.PositiveIntegerField("決算（千円）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事業の予算・決算"
        ordering = ["fiscal_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "fiscal_year"], name="organisation_amount_once_a_year"
            )
        ]

    def __str__(self):
        return f"{self.project}　{fiscal_year_short(self.fiscal_year)}"
