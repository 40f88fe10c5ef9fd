"""計画改定（基準版）: what was approved when. Decisions make baselines, ticked and confirmed."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import parse_date, wareki_date
from foundation.records.once import rehearsed
from measures.models import Plan
from roadmap.baselines import create_baseline, newest_of, next_name
from roadmap.comparison import compare, picture_of, picture_on
from roadmap.models import Baseline
from roadmap.revising import Movable
from roadmap.revision_forms import BaselineForm, WithdrawForm
from roadmap.withdrawing import origin_of, withdraw_alone

read = requires(Permission.READ)


@read
def baselines(request):
    """The named baselines and what each says."""
    rows = list(Baseline.objects.with_content())
    page = {
        "baselines": rows,
        "newest": newest_of(rows),
        "may_decide": has_permission(request.user, Permission.DECIDE),
    }
    return render(request, "roadmap/baselines.html", page)


def _create(request, form, today, now):
    """The action of a valid form."""
    cleaned, moves = form.cleaned_data, form.moves
    return create_baseline(
        by=request.user,
        plan=Plan.objects.current(),
        name=cleaned["name"],
        approved_on=cleaned["approved_on"],
        decision=cleaned["decision"],
        on=today,
        dates=moves.dates,
        spans=moves.spans,
        seen=moves.seen,
        at=now,
    )


@requires(Permission.DECIDE)
def baseline_create(request):
    """A new baseline from a decision: tick what it moves, see before → after, confirm once.

    Everything that is not ticked keeps its approved date.
    """
    today, now = timezone.localdate(), timezone.now()
    number = Baseline.objects.standing().count() + 1
    initial = {"name": next_name(number), "approved_on": today}
    form = BaselineForm(
        Movable.on(today),
        data_of(request),
        initial=initial,
    )
    page = {"number": number}
    if not posted(request, form) or "edit" in request.POST:
        return answer(request, "roadmap/baseline_create.html", form, page)
    with errors_on(form):
        if "confirm" in request.POST:
            recorded(
                request,
                form,
                lambda: _create(request, form, today, now),
                lambda made: f"基準版「{made}」を登録しました。後から変えることはできません。",
                at=now,
            )
            return redirect("roadmap:baselines")
        page |= {"count": rehearsed(lambda: _create(request, form, today, now), _count)}
        return answer(request, "roadmap/baseline_confirm.html", form, page)
    return answer(request, "roadmap/baseline_create.html", form, page)


@requires(Permission.DECIDE)
def baseline_withdraw(request, pk):
    """Take back a baseline that was recorded by mistake, without a meeting."""
    row = get_object_or_404(Baseline.objects.with_content(), pk=pk)
    undone = list(row.entries.moved())
    form, now = WithdrawForm(data_of(request)), timezone.now()
    if posted(request, form):
        with errors_on(form):
            reason = form.cleaned_data["reason"]

            def make():
                form.check_shown(_said(row.entries.moved()))
                return withdraw_alone(by=request.user, baseline=row, reason=reason, at=now)

            recorded(
                request,
                form,
                make,
                f"基準版「{row}」を取り消しました。期日と期間は、承認の前に戻りました。",
                at=now,
            )
            return redirect("roadmap:baselines")
    form.show(_said(undone))
    page = {
        "baseline": row,
        "origin": origin_of(row),
        "newest": Baseline.objects.newest(),
        "undone": undone,
    }
    return answer(request, "roadmap/baseline_withdraw.html", form, page)


def _said(undone) -> list[list[str]]:
    """What the page says that goes back: by it the withdrawal is confirmed."""
    return [[entry.name, entry.words, entry.before_words] for entry in undone]


def _count(made) -> int:
    """How many dates and spans a baseline says."""
    return made.entries.count()


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
    today, known = timezone.localdate(), list(Baseline.objects.standing().order_by("number"))
    left = request.GET.get("from") or (str(known[0].number) if known else "now")
    right = request.GET.get("to") or "now"
    try:
        before, after = (
            _picture(left, known, today),
            _picture(
                right,
                known,
                today,
            ),
        )
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
