"""The plan's pages: measures, the plan's own text, the town's present state."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.accounts.remembered import remembered
from foundation.records.models import HistoryEntry
from foundation.records.statuses import Status
from measures import actions, charts
from measures.addresses import at_its_number, day_asked, measure_or_404
from measures.forms import HandoverForm, LeadForm
from measures.leads import LeadTable, name_lead
from measures.models import OpenPoint, Plan
from measures.restored import is_english, restored_years, words_in
from measures.standing import beside, measures_on

read = requires(Permission.READ)
KPI_WORD = "kpi-word"  # a note so called quotes the plan's own word for KPI


@read
@remembered
def measure_list(request):
    """Policies and measures with who answers for them."""
    today = timezone.localdate()
    measures = measures_on(today)
    may_define = has_permission(request.user, Permission.DEFINE)
    policies = {measure.policy_id for measure in measures}
    page = {"measures": measures, "policy_count": len(policies), "may_define": may_define}
    return render(
        request,
        "measures/list.html",
        page,
    )


@read
@remembered
@at_its_number
def detail(request, number):
    """The measure sheet's first tab: the plan's words and what stands beside them."""
    measure = measure_or_404(number, day_asked(request), words_beside=True)
    text = measure.roadmap_text
    steps = OpenPoint.objects.restored_years_of(words_in(text)) if is_english(text) else []
    notes, points = beside(measure)
    return render(
        request,
        "measures/detail.html",
        {
            "measure": measure,
            "tab": "plan",
            "notes": notes,
            "kpi_word": next((note.quote for note in notes if note.code.startswith(KPI_WORD)), ""),
            "points": points,
            "lost": any(point.field == "roadmap" for point in points),
            "may_define": has_permission(
                request.user,
                Permission.DEFINE,
            ),
            "note": getattr(measure, "handover_note", None),
            "read_as_english": is_english(text),
            "restored": restored_years(text, steps),
            "unsure": [step for step in steps if step.settled_at is None],
        },
    )


@requires(Permission.DEFINE)
@at_its_number
def lead_edit(request, number):
    """Name the measure's departments."""
    measure = measure_or_404(number, timezone.localdate())
    initial = {
        "department": measure.lead_department,
        "starts_on": timezone.localdate(),
        "related": measure.related_departments.all(),
    }
    form = LeadForm(data_of(request), initial=initial)
    if posted(request, form):
        with errors_on(form):
            name_lead(
                by=request.user,
                measure=measure,
                seen=form.seen,
                **form.cleaned_data,
                at=timezone.now(),
            )
            messages.success(request, f"施策{measure.number}の所管課を保存しました。")
            return redirect("measures:detail", number)
    return answer(request, "measures/lead_edit.html", form, {"measure": measure})


@requires(Permission.DEFINE)
def leads(request):
    """Name the departments of all measures at once."""
    table = LeadTable.load(timezone.localdate(), data_of(request))
    if request.method != "POST":
        return render(
            request,
            "measures/leads.html",
            {"table": table},
        )
    if table.save_table(by=request.user, at=timezone.now()):
        messages.success(request, "所管課を保存しました。")
        return redirect("measures:leads")
    status = Status.CONFLICT if table.conflict else Status.REFUSED
    page = {"table": table, "failed": True}
    return render(request, "measures/leads.html", page, status=status)


@read
@at_its_number
def handover(request, number):
    """引継ぎメモ: everybody reads, the measure's department writes."""
    measure = measure_or_404(number, timezone.localdate())
    note = getattr(measure, "handover_note", None)
    may = has_permission(
        request.user, Permission.WRITE_HANDOVER_NOTES, department=measure.lead_department
    )
    form = HandoverForm(data_of(request), initial={"text": note.text if note else ""})
    if posted(request, form, Permission.WRITE_HANDOVER_NOTES, department=measure.lead_department):
        with errors_on(form):
            actions.write_handover_note(
                by=request.user,
                measure=measure,
                text=form.cleaned_data["text"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "引継ぎメモを保存しました。")
            return redirect("measures:detail", number)
    page = {"measure": measure, "note": note, "may": may, "tab": "plan"}

    return answer(request, "measures/handover.html", form, page)


@read
@remembered
@at_its_number
def history(request, number):
    """The last tab: what was changed about the measure itself."""
    measure = measure_or_404(number, day_asked(request))
    return render(
        request,
        "measures/history.html",
        {
            "measure": measure,
            "tab": "history",
            "entries": HistoryEntry.objects.visible_to(request.user).about(measure)[:200],
        },
    )


@read
@remembered
def plan(request):
    """The plan's text by chapter, in its own words, with 補記 beside it."""
    row = Plan.objects.prefetch_related("sections__notes").first()
    page = {
        "plan": row,
        "sections": row.sections.all() if row else [],
        "may_define": has_permission(request.user, Permission.DEFINE),
    }
    return render(request, "measures/plan.html", page)


@read
@remembered
def context(request):
    """まちの現状: the plan's statistics as table and chart."""
    row = Plan.objects.prefetch_related("statistics").first()
    statistics = list(row.statistics.all()) if row else []
    return render(
        request,
        "measures/context.html",
        {
            "statistics": statistics,
            "figure": charts.population(statistics),
        },
    )
