"""Users and departments as lists copied from Excel: read, looked at, registered at once."""

from django.shortcuts import redirect, render
from django.utils import timezone

from foundation.accounts import actions
from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded, status_of
from foundation.accounts.department_list import (
    read_departments,
    register_departments,
    said_of_made,
)
from foundation.accounts.forms import DepartmentListForm, ImportForm
from foundation.accounts.importing import read, said_of
from foundation.accounts.models import Department, User
from foundation.accounts.people_views import hand_over, people
from foundation.records.statuses import Status


@people
def user_import(request):
    """Paste or upload, look at what would be made, confirm: all or nothing."""
    form = ImportForm(data_of(request), request.FILES or None)
    context: dict[str, object] = {}
    if posted(request, form):
        text = form.cleaned_data["text"]
        rows, errors = read(text, today=timezone.localdate())
        if form.is_confirmed and (form.used_before or not errors):
            with errors_on(form):
                return hand_over(request, _import(request, form, rows))
        context |= {"rows": rows, "errors": errors, "text": text}
        form = form if form.errors else ImportForm(initial={"text": text})
        form.show(said_of(rows))
    return answer(
        request,
        "accounts/user_import.html",
        form,
        context,
    )


def _import(request, form, rows) -> list[tuple[User, str]]:
    """The users as they were shown, with their passwords, or none."""
    now = timezone.now()
    made: list[tuple[User, str]] = []

    def make() -> None:
        form.check_shown(said_of(rows))
        made.extend(actions.import_users(by=request.user, rows=rows, at=now))

    recorded(request, form, make, f"{len(rows)}人を登録しました。", at=now)
    return made


@people
def department_import(request):
    """Paste the list of departments, look at what would be registered, confirm: all or nothing."""
    form = DepartmentListForm(data_of(request), request.FILES or None)
    page: dict[str, object] = {}
    if posted(request, form):
        text, today = form.cleaned_data["text"], timezone.localdate()
        listed = read_departments(text, today=today)
        if form.is_confirmed and (form.used_before or not listed.problems):
            with errors_on(form):
                _register(request, form, text)
                return redirect("accounts:departments")
        page = {"listed": listed, "failed": bool(listed.problems)}
        if not form.errors:
            form = DepartmentListForm(initial={"text": text})
        form.show(listed.said)
    status = Status.REFUSED if page.get("failed") else status_of(form)
    page = {"form": form, "failed": bool(form.errors), **page}
    return render(request, "accounts/department_import.html", page, status=status)


def _register(request, form, text):
    now = timezone.now()
    made: list[Department] = []

    def make() -> None:
        done = form.as_shown(
            lambda: register_departments(by=request.user, text=text, at=now), said_of_made
        )
        made.extend(done)

    recorded(request, form, make, lambda _: f"{len(made)}課を登録しました。", at=now)
