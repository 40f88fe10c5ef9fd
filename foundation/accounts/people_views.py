"""The screens about people: users, memberships, departments. Fetch, form, act, answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from foundation.accounts import actions
from foundation.accounts.acting import (
    answer,
    answer_act,
    data_of,
    errors_on,
    posted,
    recorded,
)
from foundation.accounts.forms import (
    DepartmentCreateForm,
    DepartmentEditForm,
    MembershipCreateForm,
    MembershipEditForm,
    UserCreateForm,
    UserEditForm,
)
from foundation.accounts.models import Department, Membership, User
from foundation.accounts.permissions import Permission, requires
from foundation.accounts.tables import DepartmentTable, UserTable, configured
from foundation.accounts.unlocking import lift_lockout, locked_at
from foundation.records.forms import Make
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.download import CSV, file_response

ONE_TIME = "one_time_passwords"  # the session's list of [user name, name, password]
people = requires(Permission.MANAGE_PEOPLE, hide=True)


@people
def users(request):
    """All users with their memberships."""
    wanted = {key: request.GET.get(key, "") for key in ("department", "active", "words")}
    rows = User.objects.listed(on=timezone.localdate(), **wanted)
    table = configured(request, UserTable(rows))
    return render(
        request,
        "accounts/users.html",
        {
            "table": table,
            "wanted": wanted,
            "departments": Department.objects.all(),
        },
    )


def hand_over(request, made):
    """Keep the passwords that were just made for their one page, and go there.

    Made before (a repeated press): they are there still, unless they were fetched.
    """
    kept = request.session.get(ONE_TIME, [])
    request.session[ONE_TIME] = kept + [
        [user.username, user.display_name, password] for user, password in made
    ]
    return redirect("accounts:one_time_passwords")


@people
@never_cache
def one_time_passwords(request):
    """The passwords that were made in this session. Fetched as a file, or struck out, once."""
    made = request.session.get(ONE_TIME, [])
    if request.method == "POST":
        request.session.pop(ONE_TIME, None)
        if "file" in request.POST and made:
            heads = ["利用者名", "氏名", "一度だけ使えるパスワード"]
            content, _ = csv_bytes(heads, made, encoding="utf-8-sig")
            return file_response(content, "一度だけ使えるパスワード.csv", CSV)
        return redirect("accounts:users")
    return render(
        request,
        "accounts/one_time_password.html",
        {"made": made},
    )


@people
def user_create(request):
    """A new user; the one-time password is shown once on the answer page."""
    form = UserCreateForm(data_of(request))
    made: list[tuple[User, str]] = []
    if posted(request, form):
        with errors_on(form):

            def make():
                made.append(
                    actions.create_user(
                        by=request.user,
                        **form.cleaned_data,
                        at=now,
                    )
                )
                return made[0][0]

            now = timezone.now()
            recorded(request, form, make, "利用者を登録しました。", at=now)
            return hand_over(request, made)
    return answer(request, "accounts/user_form.html", form, {"title": "利用者を登録する"})


@people
def user_edit(request, pk):
    """Name, activity and memberships of one user."""
    user = get_object_or_404(User, pk=pk)
    form = UserEditForm(data_of(request), instance=user)
    if posted(request, form):
        with errors_on(form):
            actions.edit_user(
                by=request.user, user=user, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(request, f"{form.cleaned_data['full_name']}さんの登録を保存しました。")
            return redirect("accounts:users")
    person = get_object_or_404(User, pk=pk)  # the form may have written into the other one
    memberships = person.memberships.select_related("department")
    locked = locked_at(person, timezone.now())
    page = {"person": person, "rows": memberships, "locked": locked}
    return answer(
        request,
        "accounts/user_edit.html",
        form,
        page,
    )


@people
@require_POST
def user_reset(request, pk):
    """A new one-time password, shown once."""
    user = get_object_or_404(User, pk=pk)
    form = Make(request.POST)
    made: list[tuple[User, str]] = []
    if posted(request, form):
        with errors_on(form):

            def make():
                password = actions.reset_password(by=request.user, user=user, at=now)
                made.append((user, password))

                return user

            now = timezone.now()
            recorded(request, form, make, "パスワードを再発行しました。", at=now)
            return hand_over(request, made)
    return answer_act(
        request,
        form,
        title=f"{user}さんのパスワードを再発行する",
        submit="再発行する",
        back=reverse("accounts:user_edit", args=[pk]),
    )


@people
@require_POST
def user_unlock(request, pk):
    """Errors at the sign-in stop this person no longer."""
    user = get_object_or_404(User, pk=pk)
    form = Make(request.POST)
    if posted(request, form):
        with errors_on(form):

            def make():
                lift_lockout(by=request.user, user=user, at=now)
                return user

            now = timezone.now()
            recorded(request, form, make, "ログインの停止を解きました。", at=now)
            return redirect(user)
    return answer_act(
        request,
        form,
        title=f"{user}さんのログインの停止を解く",
        submit="停止を解く",
        back=reverse("accounts:user_edit", args=[pk]),
    )


@people
def membership_create(request, pk):
    """A further membership (兼務) for a user."""
    user = get_object_or_404(User, pk=pk)
    form = MembershipCreateForm(data_of(request), instance=Membership(user=user))
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            recorded(
                request,
                form,
                lambda: actions.save_membership(
                    by=request.user, membership=form.save(commit=False), at=now
                ),
                "保存しました。",
                at=now,
            )
            return redirect(user)
    page = {"title": f"{user}さんの所属を加える"}
    return answer(request, "accounts/user_form.html", form, page)


@people
def membership_edit(request, pk):
    """Change or end a membership."""
    row = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
    form, title = MembershipEditForm(data_of(request), instance=row), f"{row.user}さんの所属を直す"
    if posted(request, form):
        with errors_on(form):
            changed = form.save(commit=False)
            actions.save_membership(
                by=request.user, membership=changed, seen=form.seen, at=timezone.now()
            )
            messages.success(request, "保存しました。")
            return redirect(row.user)
    return answer(
        request,
        "accounts/user_form.html",
        form,
        {"title": title},
    )


@people
def departments(request):
    """All departments, past ones too."""
    table = configured(request, DepartmentTable(Department.objects.all()))
    return render(
        request,
        "accounts/departments.html",
        {"table": table},
    )


@people
def department_create(request):
    """A new department."""
    form = DepartmentCreateForm(data_of(request))
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            recorded(
                request,
                form,
                lambda: actions.save_department(
                    by=request.user, department=form.save(commit=False), at=now
                ),
                "保存しました。",
                at=now,
            )
            return redirect("accounts:departments")
    return answer(request, "accounts/user_form.html", form, {"title": "課を登録する"})


@people
def department_edit(request, pk):
    """Name, order and validity of a department."""
    row = get_object_or_404(Department, pk=pk)
    form, title = DepartmentEditForm(data_of(request), instance=row), f"{row}を直す"
    if posted(request, form):
        with errors_on(form):
            changed = form.save(commit=False)
            actions.save_department(
                by=request.user, department=changed, seen=form.seen, at=timezone.now()
            )
            messages.success(request, "保存しました。")
            return redirect("accounts:departments")
    return answer(
        request,
        "accounts/user_form.html",
        form,
        {"title": title},
    )
