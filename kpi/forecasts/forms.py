"""One row of the table in which a department says what it expects at the year's end."""

from typing import Any

from django import forms

from foundation.japanese.fields import JapaneseDecimalField
from foundation.records.forms import ChangesRow
from kpi.choices import Kind
from kpi.forecasts.actions import NewForecast, values_of
from kpi.models import Definition, YearEndForecast
from kpi.rules.checks import places_of


class ForecastForm(ChangesRow, forms.Form):
    """A number, or both parts of a ratio, and the reason; all empty takes back what was said.

    The names carry the indicator's code as prefix, for all rows stand in one form of the page.
    """

    reason = forms.CharField(label="見込の理由", required=False, max_length=300)

    def __init__(self, definition: Definition, stored: YearEndForecast | None, data: Any = None):
        facts, code = values_of(stored), definition.indicator.code
        super().__init__(
            data,
            prefix=code,
            initial=facts,
            facts=facts,
        )
        labels = (
            {"numerator": definition.numerator_label, "denominator": definition.denominator_label}
            if definition.kind == Kind.RATIO
            else {"value": "年度末の見込"}
        )
        self.names = tuple(labels)
        for name, label in labels.items():
            unit = definition.unit if name == "value" else getattr(definition, f"{name}_unit")
            decimals = places_of(definition, name)
            self.fields[name] = JapaneseDecimalField(
                label=label, unit=unit, allow_negative=True, decimals=decimals, required=False
            )
            self.fields[name].widget.attrs |= {
                "class": "form-control dx-in",
                "aria-label": f"{code} {definition.indicator.name} {label}",
            }
        self.fields["reason"].widget.attrs |= {
            "class": "form-control",
            "aria-label": f"{code} 見込の理由",
        }

    @property
    def boxes(self) -> list[forms.BoundField]:
        """The number boxes, in order."""
        return [self[name] for name in self.names]

    @property
    def moved(self) -> bool:
        """Was something else typed than what stands?"""
        return any(name in self.changed_data for name in (*self.names, "reason"))

    @property
    def new(self) -> NewForecast:
        """What was typed, as the action takes it."""
        return NewForecast(**{name: self.cleaned_data[name] for name in (*self.names, "reason")})


class WhyLateForm(forms.Form):
    """Why what has been handed in already is changed; asked only where it is."""

    why_late = forms.CharField(
        label="提出済みの課の見込を直す理由",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
