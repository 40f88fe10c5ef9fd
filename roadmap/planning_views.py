"""スケジュール策定: steps, milestones, baselines.

Everybody reads; the secretariat defines; decisions make baselines.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import errors_on, posted, status_of
from foundation.accounts.forms import add_errors
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import parse_date, wareki_date
from foundation.japanese.numbers import whole_number
from foundation.records.models import HistoryEntry
from measures.models import Measure, Plan
from roadmap import planning, reading
from roadmap.baselines import create_baseline, next_name
from roadmap.choices import SETTLED
from roadmap.comparison import compare, picture_of, picture_on
from roadmap.forms import BaselineForm, EndForm, MilestonePlanForm, StepForm, YearlyForm
from roadmap.models import Baseline, Milestone, Step

read, define = requires(Permission.READ), requires(Permission.DEFINE)


def _step(pk) -> Step:
    return get_object_or_404(
        Step.objects.select_related("measure__policy__plan", "department"), pk=pk
    )


@read
def setup(request):
    """What is still to be set up.

    Steps without span, without milestones, yearly steps with years missing.
    """
    steps = reading.load(timezone.localdate())
    return render(
        request,
        "roadmap/setup.html",
        {
            "without_span": [step for step in steps if not step.row.first_month],
            "without_milestone": [step for step in steps if not step.milestones],
            "yearly": [
                (step, years)
                for step in steps
                if step.milestones and (years := planning.missing_years(step.row))
            ],
            "lost": Measure.objects.without_roadmap(),
            "total": len(steps),
            "measures": Measure.objects.on(timezone.localdate()),
            "may_define": has_permission(request.user, Permission.DEFINE),
        },
    )


def _define(request, step, form):
    """Run the action; None when something is wrong (it stands on the form then)."""
    try:
        return planning.define_step(
            by=request.user,
            step=step,
            values=form.values,
            on=timezone.localdate(),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except ValidationError as error:
        add_errors(form, error)
        return None


@define
def step_create(request):
    """A step that the plan's text lost, or that a revision adds."""
    measure = get_object_or_404(
        Measure.objects.select_related("policy__plan"),
        number=whole_number(request.GET.get("measure"), 0),
    )
    form = StepForm(request.POST or None)
    if posted(request, form):
        step = _define(request, Step(measure=measure), form)
        if step:
            messages.success(
                request, f"工程「{step}」を加えました。続けてマイルストーンを設定できます。"
            )
            return redirect("roadmap:step", step.pk)
    return render(
        request,
        "roadmap/step_create.html",
        {"form": form, "measure": measure},
        status=status_of(form),
    )


@read
def step(request, pk):
    """One step: its milestones and history for everybody, its form for the secretariat."""
    row = _step(pk)
    today = timezone.localdate()
    form = StepForm(request.POST or None, instance=_step(pk))
    if posted(request, form, Permission.DEFINE) and _define(request, _step(pk), form):
        messages.success(request, f"工程「{form.cleaned_data['name']}」を保存しました。")
        return redirect("roadmap:step", pk)
    found = next(
        (each for each in reading.load(today, measure=row.measure) if each.row.pk == pk), None
    )
    return render(
        request,
        "roadmap/step.html",
        {
            "step": row,
            "view": found,
            "form": form,
            "milestone_form": MilestonePlanForm(),
            "yearly_form": YearlyForm(),
            "end_form": EndForm(),
            "years": planning.missing_years(row),
            "entries": row.baseline_entries.select_related("baseline"),
            "history": HistoryEntry.objects.about(row)[:50],
            "may_define": has_permission(request.user, Permission.DEFINE),
        },
        status=status_of(form),
    )


def _tell(request, error):
    for text in error.messages:
        messages.error(request, text)


@define
@require_POST
def step_end(request, pk):
    """Take a step out of the roadmap from tomorrow on."""
    row = _step(pk)
    try:
        planning.end_step(
            by=request.user,
            step=row,
            on=timezone.localdate(),
            reason=request.POST.get("reason", "").strip()[:300],
            at=timezone.now(),
        )
    except ValidationError as error:
        _tell(request, error)
        return redirect("roadmap:step", pk)
    messages.success(request, f"工程「{row}」を終わりにしました。過去の月と基準版には残ります。")
    return redirect("roadmap:roadmap")


@define
@require_POST
def step_move(request, pk):
    """One place up or down."""
    row = _step(pk)
    planning.move(by=request.user, row=row, up=request.POST.get("to") == "up", at=timezone.now())
    return redirect("roadmap:measure_roadmap", row.measure.number)


@define
@require_POST
def milestone_create(request, pk):
    """Add one milestone to a step, or one per fiscal year to a yearly one."""
    row = _step(pk)
    form = YearlyForm(request.POST) if "yearly" in request.POST else MilestonePlanForm(request.POST)
    if not form.is_valid():
        for field, problems in form.errors.items():
            messages.error(request, f"{form.fields[field].label}：{problems[0]}")
        return redirect("roadmap:step", pk)
    make = planning.create_yearly if "yearly" in request.POST else planning.create_milestone
    try:
        made = make(by=request.user, step=row, **form.cleaned_data)
    except ValidationError as error:
        _tell(request, error)
    else:
        messages.success(
            request, f"{len(made) if isinstance(made, list) else 1}件のマイルストーンを加えました。"
        )
    return redirect("roadmap:step", pk)


@define
def milestone_plan(request, pk):
    """Name and plan date of one milestone."""
    row = get_object_or_404(Milestone.objects.select_related("step__measure"), pk=pk)
    form = MilestonePlanForm(
        request.POST or None, initial={"name": row.name, "planned_on": row.planned_on}
    )
    if posted(request, form):
        with errors_on(form):
            planning.edit_milestone(
                by=request.user,
                milestone=row,
                **form.cleaned_data,
                seen_version=whole_number(request.POST.get("seen_version"), -1),
                at=timezone.now(),
            )
            messages.success(request, f"「{form.cleaned_data['name']}」を保存しました。")
            return redirect("roadmap:step", row.step_id)
    return render(
        request,
        "roadmap/milestone_plan.html",
        {"form": form, "row": row},
        status=status_of(form),
    )


@define
@require_POST
def milestone_move(request, pk):
    """One place up or down inside its step."""
    row = get_object_or_404(Milestone.objects.select_related("step"), pk=pk)
    planning.move(by=request.user, row=row, up=request.POST.get("to") == "up", at=timezone.now())
    return redirect("roadmap:step", row.step_id)


@read
def baselines(request):
    """The named baselines and what each says."""
    rows = Baseline.objects.select_related("created_by").prefetch_related(
        "entries__milestone__step__measure", "entries__step__measure"
    )
    return render(
        request,
        "roadmap/baselines.html",
        {"baselines": rows, "may_decide": has_permission(request.user, Permission.DECIDE)},
    )


@requires(Permission.DECIDE)
def baseline_create(request):
    """A new baseline from a decision.

    Every milestone keeps its approved date unless a new one is entered.
    """
    today, plan = timezone.localdate(), Plan.objects.current()
    rows = [
        item
        for each in reading.load(today)
        for item in each.milestones
        if item.facts.state not in SETTLED
    ]
    number = Baseline.objects.count() + 1
    form = BaselineForm(
        rows, request.POST or None, initial={"name": next_name(number), "approved_on": today}
    )
    if posted(request, form):
        cleaned = form.cleaned_data
        with errors_on(form):
            made = create_baseline(
                by=request.user,
                plan=plan,
                name=cleaned["name"],
                approved_on=cleaned["approved_on"],
                decision=cleaned["decision"],
                on=today,
                dates=form.dates,
                at=timezone.now(),
            )
            messages.success(
                request, f"基準版「{made}」を登録しました。後から変えることはできません。"
            )
            return redirect("roadmap:baselines")
    return render(
        request,
        "roadmap/baseline_create.html",
        {"form": form, "number": number},
        status=status_of(form),
    )


def _picture(text, known, today):
    """(label, picture) of a side of the comparison: "now", a baseline's number, or a day."""
    if text == "now":
        return "現在（実績・見込）", picture_on(today)
    baseline = next((row for row in known if str(row.number) == text), None)
    if baseline:
        return baseline.name, picture_of(baseline)
    day = parse_date(text)
    return f"{wareki_date(day)}時点", picture_on(day)


@read
def baseline_compare(request):
    """Any two of baselines, now, and a day, side by side."""
    today, known = timezone.localdate(), list(Baseline.objects.order_by("number"))
    left = request.GET.get("from") or (str(known[0].number) if known else "now")
    right = request.GET.get("to") or "now"
    try:
        before, after = _picture(left, known, today), _picture(right, known, today)
    except ValueError as error:
        raise Http404(str(error)) from None
    changes = compare(before[1], after[1])
    return render(
        request,
        "roadmap/baseline_compare.html",
        {
            "known": known,
            "left": left,
            "right": right,
            "before": before[0],
            "after": after[0],
            "changes": changes,
            "later": sum(bool(row.days and row.days > 0) for row in changes),
        },
    )
