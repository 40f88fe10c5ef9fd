"""The forms of projects."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.calendar import fiscal_year_name
from foundation.japanese.fields import WholeNumberField
from foundation.records.choosing import SeveralField
from foundation.records.forms import ChangesRow, RecordsOnce
from headquarters.organisation.projects.actions import Amount, ProjectTerms, amount_key
from headquarters.organisation.projects.choices import ProjectState
from kpi.models import Indicator
from kpi.setup.table_forms import FiscalYearField
from measures.models import Measure
from roadmap.models import Step

MOST = 99_999_999  # thousands of yen
KINDS = (("budget", "予算"), ("settled", "決算"))


class ProjectFields(forms.Form):
    """What is said of a project; the boxes of money are those of `years`."""

    name = forms.CharField(label="事業名", max_length=100)
    department = forms.ModelChoiceField(
        Department.objects.all(), label="課", empty_label="選んでください"
    )
    first_year = FiscalYearField(label="開始年度", help_text="例：R8")
    last_year = FiscalYearField(label="終了年度", help_text="1年だけの事業は、開始年度と同じ")
    what = forms.CharField(
        label="内容",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    state = forms.ChoiceField(label="状態", choices=ProjectState)
    steps = SeveralField(
        Step.objects.none(),
        label="支える工程",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    indicators = SeveralField(
        Indicator.objects.none(),
        label="支える指標",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        measure: Measure,
        departments: Iterable[Department] | None = None,
        years: Iterable[int],
        **kwargs: Any,
    ):
        self.years = list(years)
        super().__init__(*args, **kwargs)
        self._choose("steps", measure.steps.all())
        self._choose("indicators", measure.indicators.all())
        if departments is not None:
            own = [row.pk for row in departments]
            self._choose("department", Department.objects.filter(pk__in=own))
        for year in self.years:
            for kind, words in KINDS:
                self.fields[amount_key(kind, year)] = WholeNumberField(
                    label=f"{fiscal_year_name(year)}　{words}（千円）",
                    unit="千円",
                    min_value=0,
                    max_value=MOST,
                    required=False,
                )

    def _choose(self, name: str, rows: Any) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = rows

    @property
    def terms(self) -> ProjectTerms:
        """What was typed, as the action takes it."""
        said = dict(self.cleaned_data)
        amounts = {
            year: Amount(*(said.pop(amount_key(kind, year)) for kind, _ in KINDS))
            for year in self.years
        }
        said["steps"], said["indicators"] = list(said["steps"]), list(said["indicators"])
        return ProjectTerms(**said, amounts=amounts)


class ProjectForm(RecordsOnce, ProjectFields):
    """A new project."""


class ProjectEditForm(ChangesRow, ProjectFields):
    """A project that stands."""


class ProjectFilter(forms.Form):
    """What the list is narrowed to; all optional, and what is not known narrows nothing."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    measure = forms.ModelChoiceField(
        Measure.objects.none(), label="施策", required=False, empty_label="すべて"
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label="課", required=False, empty_label="すべて"
    )

    def __init__(self, *args: Any, years: Iterable[int], today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        year = self.fields["year"]
        assert isinstance(year, forms.TypedChoiceField)
        year.choices = [("", "すべて"), *((each, fiscal_year_name(each)) for each in years)]
        offered = {"measure": Measure.objects.on(today), "department": Department.objects.on(today)}
        for name, rows in offered.items():
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset = rows

    @property
    def wanted(self) -> dict[str, Any]:
        """{year, measure, department}, None where nothing is asked for."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}

    @property
    def said(self) -> str:
        """What it is narrowed to, for the page's title: 「（令和8年度）（総務課）」."""
        wanted = self.wanted
        year = fiscal_year_name(wanted["year"]) if wanted["year"] else ""
        texts = (year, wanted["measure"], wanted["department"])
        return "".join(f"（{text}）" for text in texts if text)


class WithdrawProjectForm(ChangesRow, forms.Form):
    """Why a project was registered by mistake."""

    reason = forms.CharField(
        label="取り消す理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
