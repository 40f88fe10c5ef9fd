"""Sign-in and the screens about people. Fetch, form, act, answer."""

from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout as sign_out
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
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
from foundation.accounts.again import send_again, sign_in_first
from foundation.accounts.forms import (
    DepartmentCreateForm,
    DepartmentEditForm,
    ImportForm,
    MembershipCreateForm,
    MembershipEditForm,
    OwnPasswordForm,
    SignInForm,
    UserCreateForm,
    UserEditForm,
)
from foundation.accounts.held import is_script, standing
from foundation.accounts.importing import read
from foundation.accounts.kept import Kept
from foundation.accounts.models import Department, Membership, User
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, requires
from foundation.accounts.tables import DepartmentTable, UserTable, configured
from foundation.records.forms import Make
from foundation.records.statuses import Status

people = requires(Permission.MANAGE_PEOPLE, hide=True)


@sensitive_post_parameters("password")
@never_cache
@login_not_required
def login(request):
    """Sign in; an already signed-in user goes on.

    What a refused form carries along (`Kept`) is shown again afterwards. For a script (the dialog
    of a page that is still open): who is signed in then, or 422 with what was wrong.
    """
    kept = Kept.carried(request)
    if request.user.is_authenticated and not is_script(request):
        return _go_on(request, kept)
    form = SignInForm(request, data_of(request))
    if posted(request, form):
        address = request.META.get("REMOTE_ADDR", "")
        actions.remember_sign_in(user=form.get_user(), address=address, at=timezone.now())
        sign_in(request, form.get_user())
        return _go_on(request, kept)
    if is_script(request):
        return _sign_in_refused(form)
    if kept:
        return sign_in_first(request, kept, form)
    return render(request, "accounts/login.html", {"form": form, "next": (back_to(request) or "/")})


def _go_on(request, kept):
    """Where a person goes who has signed in."""
    if is_script(request):
        return JsonResponse(standing(request))
    if kept:
        return send_again(request, kept, Status.SAVED)
    return redirect(back_to(request) or "/")


def _sign_in_refused(form):
    problems = [str(text) for text in form.non_field_errors()]
    missing = ["利用者名とパスワードを入力してください。"]
    return JsonResponse({"problems": problems or missing}, status=Status.REFUSED)


@require_POST
def logout(request):
    """Sign out."""
    sign_out(request)
    messages.success(request, "サインアウトしました。")
    return redirect("accounts:login")


@sensitive_post_parameters()
def password_change(request):
    """The user's own password; forced at the first sign-in."""
    first = request.user.must_change_password
    form = OwnPasswordForm(request.user, data_of(request))
    if posted(request, form):
        actions.change_own_password(
            by=request.user, password=form.cleaned_data["new_password1"], at=timezone.now()
        )
        update_session_auth_hash(request, request.user)
        messages.success(request, "パスワードを変更しました。")
        return redirect("desk:home")
    return render(request, "accounts/password_change.html", {"form": form, "first": first})


def profile(request):
    """Who am I here: memberships and the last sign-in."""
    return render(request, "accounts/profile.html")


@never_cache
def keepalive(request):
    """Touch the session while somebody types (the idle warning calls it).

    A script is told who is signed in and which form token holds.
    """
    return JsonResponse(standing(request)) if is_script(request) else HttpResponse(status=204)


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


def _one_time_password(request, made):
    """The passwords that were just made, shown once; back to the list when they were before."""
    if made is None:
        messages.warning(
            request,
            "一度だけのパスワードは、もう表示できません。"
            "控えていないときは、利用者の画面で再発行してください。",
        )
        return redirect("accounts:users")
    return render(request, "accounts/one_time_password.html", {"made": made})


@people
def user_create(request):
    """A new user; the one-time password is shown once on the answer page."""
    form = UserCreateForm(data_of(request))
    made: list[tuple[User, str]] = []
    if posted(request, form):
        with errors_on(form):

            def make():
                made.append(actions.create_user(by=request.user, **form.cleaned_data, at=now))
                return made[0][0]

            now = timezone.now()
            recorded(request, form, make, "利用者を登録しました。", at=now)
            return _one_time_password(request, made or None)
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
    page = {"person": person, "rows": memberships}
    return answer(request, "accounts/user_edit.html", form, page)


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
            return _one_time_password(request, made or None)
    return answer_act(
        request,
        form,
        title=f"{user}さんのパスワードを再発行する",
        submit="再発行する",
        back=reverse("accounts:user_edit", args=[pk]),
    )


@people
def user_import(request):
    """Paste or upload, look at what would be made, confirm: all or nothing."""
    form = ImportForm(data_of(request), request.FILES or None)
    context: dict[str, object] = {}
    if posted(request, form):
        text = form.cleaned_data["text"]
        rows, errors = read(text, today=timezone.localdate())
        if not errors and form.cleaned_data["confirm"]:
            with errors_on(form):
                now = timezone.now()
                made: list[tuple[User, str]] = []
                recorded(
                    request,
                    form,
                    lambda: made.extend(actions.import_users(by=request.user, rows=rows, at=now)),
                    f"{len(rows)}人を登録しました。",
                    at=now,
                )
                return _one_time_password(request, made or None)
        context |= {"rows": rows, "errors": errors, "text": text}
        form = form if form.errors else ImportForm(initial={"text": text})
    return answer(request, "accounts/user_import.html", form, context)


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
    page = {"title": f"{user}さんの所属を追加する"}
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
    return answer(request, "accounts/user_form.html", form, {"title": title})


@people
def departments(request):
    """All departments, past ones too."""
    table = configured(request, DepartmentTable(Department.objects.all()))
    return render(request, "accounts/departments.html", {"table": table})


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
    return answer(request, "accounts/user_form.html", form, {"title": title})
