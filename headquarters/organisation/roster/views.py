"""The pages of the roster. Fetch, form, act, answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.navigation import way_back
from foundation.accounts.permissions import Permission, requires
from foundation.sheets.lists import asked_kind, list_file
from headquarters.organisation.chart import drawing
from headquarters.organisation.frame import frame
from headquarters.organisation.roster import actions, holders
from headquarters.organisation.roster.book import roster_file
from headquarters.organisation.roster.forms import (
    DepartmentsForm,
    EndPostForm,
    HolderForm,
    HoldingForm,
    PostEditForm,
    PostForm,
    WithdrawHoldingForm,
)
from headquarters.organisation.roster.models import Holding, Post
from headquarters.organisation.roster.reading import posts_of_the_plan, roster
from measures.models import Plan

read = requires(Permission.READ)
organise = requires(Permission.ORGANISE)
LIST = "organisation:organisation"


def _post(pk) -> Post:
    return get_object_or_404(Post.objects.listed(), pk=pk)


def _holding(pk) -> Holding:
    return get_object_or_404(Holding.objects.select_related("post"), pk=pk)


def _list(request) -> str:
    """The roster as one left it."""
    return way_back(request, reverse(LIST))


@read
def organisation(request):
    """構成員名簿: the posts of the headquarters and who holds them; or as a file."""
    today = timezone.localdate()
    if asked_kind(request):
        return list_file(request, roster_file(Plan.objects.current(), today))
    past = request.GET.get("past") == "1"
    page = frame(
        request.user,
        "roster",
        today,
    )
    groups = roster(today, past=past)
    now = [line for group in groups for line in group.lines if line.kind == "now"]
    page |= {
        "groups": groups,
        "past": past,
        "held": sum(bool(line.holding) for line in now),
        "vacant": sum(not line.holding for line in now),
        "planned": [] if groups else posts_of_the_plan(page["plan"]),
    }
    return render(
        request,
        "organisation/organisation.html",
        page,
    )


@read
def chart(request):
    """推進体制図 on one A4 page."""
    today = timezone.localdate()
    page = frame(
        request.user,
        "chart",
        today,
    )
    page["drawing"] = drawing(page["plan"], today)
    return render(
        request,
        "organisation/chart.html",
        page,
    )


@organise
def post_create(request):
    """A post more; opened from a line of the plan it is filled in as the plan says."""
    asked = {name: request.GET.get(name, "") for name in ("duty", "title", "part")}
    form = PostForm(data_of(request), initial=asked)
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            make = actions.add_post
            recorded(
                request,
                form,
                lambda: make(by=request.user, **form.cleaned_data, at=now),
                "名簿に加えました。",
                at=now,
            )
            return redirect(_list(request))
    return answer_act(
        request, form, title="役職を加える", submit="名簿に加える", back=_list(request)
    )


@organise
def post_departments(request):
    """委員: chosen from the list of departments."""
    form = DepartmentsForm(data_of(request), today=timezone.localdate())
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            recorded(
                request,
                form,
                lambda: actions.add_posts_of(by=request.user, **form.cleaned_data, at=now),
                "委員を名簿に加えました。氏名は行ごとに登録してください。",
                at=now,
            )
            return redirect(_list(request))
    return answer_act(
        request, form, title="委員を課の一覧から選ぶ", submit="名簿に加える", back=_list(request)
    )


@organise
def post_edit(request, pk):
    """Duty, title, department, part and place of a post."""
    post = _post(pk)
    initial = {name: getattr(post, name) for name in actions.FIELDS}
    form = PostEditForm(data_of(request), initial=initial)
    if posted(request, form):
        with errors_on(form):
            actions.correct_post(
                by=request.user, post=post, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(request, "役職を保存しました。")
            return redirect(_list(request))
    return answer_act(
        request,
        form,
        title=f"{post}を直す",
        submit="保存する",
        back=_list(request),
    )


@organise
def post_end(request, pk):
    """名簿から外す: the last day of a post."""
    post = _post(pk)
    form = EndPostForm(data_of(request), facts={"ends_on": post.ends_on})
    if posted(request, form):
        with errors_on(form):
            actions.end_post(
                by=request.user, post=post, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(
                request,
                "名簿から外しました。「前任も表示」で見られます。",
            )
            return redirect(_list(request))
    return answer_act(
        request, form, title=f"{post}を名簿から外す", submit="外す", back=_list(request)
    )


@organise
def holder_record(request, pk):
    """氏名を登録, 交代を記録."""
    post = _post(pk)
    form = HolderForm(data_of(request), facts=holders.holders_seen(post))
    if posted(request, form):
        with errors_on(form):
            holders.record_holder(
                by=request.user, post=post, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(request, f"{post.title}の氏名を登録しました。")
            return redirect(_list(request))
    what = "交代を記録" if post.holder_on(timezone.localdate()) else "氏名を登録"
    return answer_act(
        request, form, title=f"{post}：{what}する", submit=f"{what}する", back=_list(request)
    )


@organise
def holding_edit(request, pk):
    """Name and days of a holding."""
    row = _holding(pk)
    initial = {name: getattr(row, name) for name in holders.FIELDS}
    form = HoldingForm(data_of(request), initial=initial)
    if posted(request, form):
        with errors_on(form):
            holders.correct_holding(
                by=request.user, holding=row, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(request, "在任を保存しました。")
            return redirect(_list(request))
    title = f"{row.post}：{row}さんの在任を直す"
    return answer_act(
        request,
        form,
        title=title,
        submit="保存する",
        back=_list(request),
    )


@organise
def holding_withdraw(request, pk):
    """A holding that was recorded by mistake; the end of the predecessor stays as it is."""
    row = _holding(pk)
    form = WithdrawHoldingForm(data_of(request), facts=holders.OF_A_HOLDING(row))
    if posted(request, form):
        with errors_on(form):
            holders.withdraw_holding(
                by=request.user, holding=row, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(
                request, "取り消しました。前任の「いつまで」は、要るときに直してください。"
            )
            return redirect(_list(request))
    title = f"{row.post}：{row}さんの在任を取り消す"
    return answer_act(
        request,
        form,
        title=title,
        submit="取り消す",
        back=_list(request),
    )
