"""The middle of a view that shows a form and acts on it: right, form, action, what was wrong.

if posted(request, form, Permission.DEFINE):
    with errors_on(form):
        row = set_something(by=request.user, **form.cleaned_data)
        messages.success(request, "保存しました。")
        return redirect(…)
return render(…, status=status_of(form))
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest

from foundation.accounts.forms import add_errors
from foundation.accounts.models import Department
from foundation.accounts.permissions import Permission, require
from foundation.records.statuses import Status


def posted(
    request: HttpRequest,
    form: BaseForm,
    permission: Permission | None = None,
    *,
    department: Department | None = None,
) -> bool:
    """Was a valid form posted? PermissionDenied when one was posted without the right."""
    if request.method != "POST":
        return False
    if permission is not None:
        require(request.user, permission, department=department)
    return form.is_valid()


@contextmanager
def errors_on(form: BaseForm) -> Iterator[None]:
    """What the action refuses is put onto the form, by field where the form has it."""
    try:
        yield
    except ValidationError as error:
        add_errors(form, error)


def status_of(form: BaseForm) -> Status:
    """The status of a page with a form: refused while the form has errors."""
    return Status.REFUSED if form.errors else Status.SAVED
