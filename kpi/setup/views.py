"""The set-up of the indicators by the secretariat: targets of one or of all, definitions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import fiscal_year_name, wareki_month
from foundation.japanese.numbers import whole_number
from foundation.records.statuses import Status
from kpi.addresses import at_its_code, indicator_or_404, month_of
from kpi.choices import DefinitionChange
from kpi.models import Definition, KpiValue
from kpi.setup import target_paste as target_paste_of
from kpi.setup.definition_table import DefinitionTable
from kpi.setup.definitions import (
    asked_version,
    needs_target_for_the_rest,
    rest_of_year,
)
from kpi.setup.forms import DefinitionForm, TargetForm, TargetPasteForm, TermsForm
from kpi.setup.linking import same_name, told_of_break
from kpi.setup.points import define
from kpi.setup.table_forms import TablePress
from kpi.setup.target_table import TargetTable
from kpi.setup.targets import set_target, standing_of, versions_of
from measures.models import Plan
from measures.months import asked_month


@requires(Permission.DEFINE)
@at_its_code
def targets(request, code):
    """The versions of an indicator's yearly targets, and the form for the next one."""
    indicator = indicator_or_404(code, month_of(request, {}))
    plan = indicator.measure.policy.plan
    definition = Definition.objects.of_month(indicator, asked_month(request, plan))
    rows = versions_of(indicator)
    form = TargetForm(
        definition,
        plan.fiscal_years,
        data_of(request),
        rows=rows,
        standing=standing_of(rows, plan.months.first),
        year=whole_number(request.GET.get("year")),
    )
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            made = recorded(
                request,
                form,
                lambda: set_target(
                    by=request.user,
                    indicator=indicator,
                    new=form.new_target,
                    seen_version=form.seen_version,
                    at=now,
                ),
                lambda row: (
                    f"{fiscal_year_name(row.fiscal_year)}の目標（{row.name}）を保存しました。"
                ),
                at=now,
            )
            return redirect("kpi:targets", made.indicator.code if made else code)
        form.look_again()
    return answer(
        request,
        "kpi/targets.html",
        form,
        {
            "indicator": indicator,
            "definition": definition,
            "years": plan.fiscal_years,
            "rows": rows,
        },
    )


@requires(Permission.DEFINE)
@at_its_code
def definition(request, code):
    """How an indicator is counted: its versions, and the form that changes the newest one."""
    indicator = indicator_or_404(code, month_of(request, {}))
    version = whole_number(request.GET.get("version"))
    form = DefinitionForm(data_of(request), instance=asked_version(indicator, version))
    if posted(request, form):
        with errors_on(form):
            row = define(
                by=request.user,
                indicator=indicator,
                values=form.values,
                from_month=form.cleaned_data["from_month"],
                published=form.cleaned_data["published"],
                reason=form.cleaned_data["reason"],
                change=form.cleaned_data["change"],
                limits=form.limits,
                version=version,
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, f"定義を保存しました（{wareki_month(row.from_month)}から）。")
            told = told_of_break(row) if row.change == DefinitionChange.BREAK else ""
            if told:
                messages.warning(request, told)
            if needs_target_for_the_rest(row):
                messages.warning(request, rest_of_year(row))
                return redirect("kpi:targets", code)
            return redirect("kpi:definition", code)
    return answer(
        request,
        "kpi/definition.html",
        form,
        {
            "indicator": indicator,
            "base": form.instance,
            "same_name": same_name(form.instance),
            "rows": indicator.definitions.select_related("department", "numerator_source"),
            "has_values": KpiValue.objects.of_indicator(indicator).exists(),
        },
    )


@requires(Permission.DEFINE)
def definition_table(request):
    """How all indicators are counted, on one screen: typed or pasted, looked at, saved at once."""
    table = DefinitionTable.load(asked_month(request, Plan.objects.current()), data_of(request))
    if request.method != "POST":
        return render(request, "kpi/definition_table.html", {"table": table})
    press = TablePress(request.POST)
    act = press.cleaned_data["act"] if press.is_valid() else ""
    if act == "back":
        return render(request, "kpi/definition_table.html", {"table": table, "typed": True})
    if act == "read":
        table.paste(press)
    good = table.check() and table.save_rows(by=request.user, at=timezone.now(), keep=act == "save")
    if good and act == "save":
        messages.success(request, f"{len(table.rows)}項目の定義表を保存しました。")
        return redirect("kpi:definition_table")
    page = {"table": table, "press": press}
    if good and act:
        return render(request, "kpi/definition_table.html", page | {"preview": True})
    status = Status.CONFLICT if table.conflict else Status.REFUSED
    return render(request, "kpi/definition_table.html", page | {"failed": True}, status=status)


@requires(Permission.DEFINE)
def target_table(request):
    """All yearly targets on one screen; each row saves what was changed in it."""
    table = TargetTable.load(asked_month(request, Plan.objects.current()))
    if request.method != "POST":
        return render(request, "kpi/target_table.html", {"table": table})
    row = table.row(request.POST.get("code", ""))
    if row is None:
        raise Http404("指標がありません。")
    terms = TermsForm(request.POST)
    saved = row.save(request.POST, terms, by=request.user, at=timezone.now())
    if saved and not request.htmx:
        done = f"：{row.agreed}" if row.agreed else "の目標を保存しました。"
        messages.success(request, f"{row.indicator}{done}")
        return redirect(f"{reverse('kpi:target_table')}#t{row.indicator.code}")
    if saved:
        agreed = row.agreed
        row = TargetTable.load(asked_month(request, Plan.objects.current())).row(row.indicator.code)
        row.saved, row.agreed = True, agreed
    if request.htmx:
        return render(
            request,
            "kpi/target_table.html#row",
            {"row": row, "table": table},
            status=200 if saved else Status.REFUSED,
        )
    page = {"table": table, "terms": terms, "failed": True}
    return render(request, "kpi/target_table.html", page, status=Status.REFUSED)


@requires(Permission.DEFINE)
def target_paste(request):
    """A block copied from Excel onto the table of targets: what lands where, then saved."""
    table = TargetTable.load(asked_month(request, Plan.objects.current()))
    form = TargetPasteForm(data_of(request))
    page = {"table": table, "form": form}
    if request.method != "POST":
        return _paste_page(request, page)
    if not form.is_valid():
        problems = [text for errors in form.errors.values() for text in errors]
        return _paste_page(request, page | {"problems": problems}, Status.REFUSED)
    try:
        landed = target_paste_of.land(table, form, request.POST)
    except ValidationError as error:
        return _paste_page(request, page | {"problems": error.messages}, Status.REFUSED)
    applied = form.cleaned_data["apply"]
    target_paste_of.save_pasted(
        landed, form.terms, by=request.user, at=timezone.now(), keep=applied
    )
    ready = [each for each in landed if each.stored_as]
    refused = [each for each in landed if each.why]
    if not applied:
        return _paste_page(request, page | {"landed": landed, "ready": len(ready)})
    if not refused:
        messages.success(request, f"{len(ready)}欄の目標を保存しました。")
        return redirect("kpi:target_table")
    return _paste_page(request, page | {"landed": refused, "saved": len(ready)}, Status.REFUSED)


def _paste_page(request, page, status=Status.SAVED):
    name = "kpi/target_paste.html"
    part = "#preview" if request.headers.get("X-Part") else ""
    failed = status != Status.SAVED
    return render(request, f"{name}{part}", page | {"failed": failed}, status=status)
