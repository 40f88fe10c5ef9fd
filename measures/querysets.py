"""Which rows of the plan: measures on a day with who leads them, open points of an object."""

from datetime import date

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from foundation.accounts.former_names import name_on
from foundation.accounts.models import Department, in_force
from foundation.records.within import rows_within
from measures.labels import label_on

UNDECIDED = "所管課未定"
DEPARTMENT_FIELDS = [field.attname for field in Department._meta.concrete_fields]


def lead_on(day: date, measure: str = "pk") -> dict:
    """Annotations with the 所管課 on that day of the measure in field `measure`.

    `lead_id` and `lead_name` for filters and texts, `lead_row` for `lead_of`.
    """
    leads = apps.get_model("measures", "MeasureLead").objects.filter(
        measure=OuterRef(measure), starts_on__lte=day
    )
    newest = leads.order_by("-starts_on")
    name_then = Coalesce(name_on(day, "department"), "department__name")
    row = {name: f"department__{name}" for name in DEPARTMENT_FIELDS}
    whole = JSONObject(**row | {"name": name_then})

    return {
        "lead_id": Subquery(newest.values("department")[:1]),
        "lead_name": Subquery(newest.values(then=name_then)[:1]),
        "lead_row": Subquery(newest.values(row=whole)[:1]),
    }


def lead_of(row) -> Department | None:
    """The department, whole, that `lead_on` annotated on a row, or None (`UNDECIDED`)."""
    if not row.lead_id:
        return None
    values = [
        field.to_python(row.lead_row[field.attname]) for field in Department._meta.concrete_fields
    ]
    return Department.from_db(row._state.db, DEPARTMENT_FIELDS, values)


class PlanQuerySet(models.QuerySet):
    """Questions asked of plans."""

    def current(self):
        """The plan that the portal runs, or None while none is loaded."""
        return self.first()


OF_A_NOTE = ("id", "code", "quote", "note")
OF_A_POINT = (
    "id",
    "order",
    "field",
    "field_label",
    "provenance",
    "note",
    "settled_at",
    "settled_value",
)


class MeasureQuerySet(models.QuerySet):
    """Questions asked of measures."""

    def on(self, day):
        """Measures that stand in the plan on that day, with policy, lead and the label of that day
        (`labels.call_then`), by number. One query.
        """
        standing = self.filter(in_force(day)).annotate(**lead_on(day), **label_on(day))
        by_number = standing.order_by(Coalesce("number_then", "number"))
        return by_number.select_related("policy")

    def called(self, number, day):
        """The measure that has this number on a day, as a queryset of 0 or 1, with its label."""
        rows = self.annotate(**label_on(day))
        return rows.filter(Q(number_then=number) | Q(number_then__isnull=True, number=number))

    def by_first_number(self) -> dict:
        """{number that the plan printed: measure}: what it was called first."""
        former = {}
        for row in self.prefetch_related("former_labels"):
            labels = [label.number for label in row.former_labels.all()]
            former[labels[0] if labels else row.number] = row

        return former

    def ever_called(self, number):
        """Measures that have or had this number."""
        return self.filter(Q(number=number) | Q(former_labels__number=number)).distinct()

    def without_roadmap(self):
        """Measures whose 工程表 was lost in the text: an open point says so until it is settled."""
        kind = ContentType.objects.get_for_model(self.model)
        unsettled = apps.get_model("measures", "OpenPoint").objects.unsettled()
        points = unsettled.filter(subject_type=kind, field="roadmap")
        return self.filter(pk__in=points.values("subject_id")).order_by("number")

    def with_lead(self):
        """With policy, plan, 引継ぎメモ, newest lead and the names of the related departments."""
        through = self.model.related_departments.through.objects
        related = rows_within(
            through.filter(measure=OuterRef("pk")),
            by="measure",
            name="department__name",
            order="department__sort_order",
            code="department__code",
        )
        newest = self.annotate(**lead_on(date.max), related_told=related)
        return newest.select_related("policy__plan", "handover_note__updated_by")

    def with_words_beside(self, kind: int):
        """With the notes and open points of each, for `measures.standing.beside`; `kind`: number of
        the content type by which open points know measures.
        """
        notes = apps.get_model("measures", "EditorialNote").objects.filter(measure=OuterRef("pk"))
        points = apps.get_model("measures", "OpenPoint").objects.filter(
            subject_type=kind, subject_id=OuterRef("pk")
        )
        return self.annotate(
            notes_told=rows_within(notes, by="measure", **{name: name for name in OF_A_NOTE}),
            points_told=rows_within(points, by="subject_id", **{name: name for name in OF_A_POINT}),
        )

    def with_people(self):
        """The same with the related departments themselves: two queries."""
        return self.with_lead().prefetch_related("related_departments")


class OpenPointQuerySet(models.QuerySet):
    """Questions asked of open points."""

    def unsettled(self):
        """Still to be settled by the town."""
        return self.filter(settled_at__isnull=True)

    def of_kind(self, model):
        """Open points of all objects of a model."""
        return self.filter(subject_type=ContentType.objects.get_for_model(model))

    def about(self, subject):
        """Open points of one object."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(
            subject_type=kind,
            subject_id=subject.pk,
        )

    def restored_years_of(self, words):
        """The restored years of what was read as one of the words, in the plan's order."""
        return self.filter(provenance="restored", field="span", source_text__in=words)
