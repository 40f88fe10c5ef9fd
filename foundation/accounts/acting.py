"""The middle of a view that shows a form and acts on it: right, form, action, what was wrong.

form = ThingForm(data_of(request), initial=…)
if posted(request, form, Permission.DEFINE):
    with errors_on(form):
        set_something(by=request.user, seen=form.seen, **form.cleaned_data, at=timezone.now())
        messages.success(request, "保存しました。")
        return redirect(…)
return answer(request, "room/thing.html", form, {…})
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from foundation.accounts.forms import add_errors
from foundation.accounts.models import Department
from foundation.accounts.permissions import Permission, require
from foundation.records.as_shown import CarriesShown
from foundation.records.conflict import Conflict
from foundation.records.forms import ChangesRow, RecordsOnce
from foundation.records.once import record_once
from foundation.records.statuses import Status


def data_of(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the posted fields, or nothing when the page is only asked for."""
    if request.method != "POST":
        return None
    return request.POST


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
    """What the action refuses is put onto the form, by field where the form has it.

    So is a conflict, where the form can show both sides, or says that its preview has moved.
    """
    try:
        yield
    except ValidationError as error:
        add_errors(form, error)
    except Conflict as conflict:
        if isinstance(form, CarriesShown):
            form.tell(conflict)
        elif isinstance(form, ChangesRow):
            form.conflict = conflict
        else:
            raise


def recorded(
    request: HttpRequest,
    form: RecordsOnce,
    make: Callable[[], Any],
    done: str | Callable[[Any], str],
    *,
    at: datetime,
) -> Any:
    """Make the record of a valid form and say so; a repeated press answers with the one made.

    `done`: the sentence, or what says it of the record. None: made before, and no single row.
    """
    result = record_once(form, make, at=at)
    if result.repeated:
        messages.info(request, "この内容は記録済みです。重ねては記録していません。")
    else:
        messages.success(request, done(result.made) if callable(done) else done)
    return result.made


def status_of(form: BaseForm) -> Status:
    """The status of a page with a form: refused while the form has errors."""
    if getattr(form, "conflict", None) is not None:
        return Status.CONFLICT
    return Status.REFUSED if form.errors else Status.SAVED


def answer(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    context: dict[str, Any] | None = None,
    *,
    back: str = "",
) -> HttpResponse:
    """The page of a form: fresh, with its errors (422), or both sides of a conflict (409).

    `back`: where one goes when nothing is left to save (default: the page itself, fresh).
    """
    if isinstance(form, ChangesRow) and form.conflict is not None:
        if form.sides or not form.typed:
            return _both_sides(request, form, form.conflict, back or request.get_full_path())
        form.tell()
    page = {"form": form, "failed": bool(form.errors), **(context or {})}
    return render(request, template, page, status=status_of(form))


def answer_act(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: str,
    submit: str,
    back: str,
    hidden: dict[str, str] | None = None,
) -> HttpResponse:
    """The form of a button on a page of its own: what is wrong with it, and the way back.

    `hidden`: what the button sent beside the form.
    """
    page = {"title": title, "submit": submit, "back": back, "hidden": hidden or {}}
    return answer(request, "components/act.html", form, page, back=back)


def _both_sides(
    request: HttpRequest, form: ChangesRow, conflict: Conflict, back: str
) -> HttpResponse:
    sides = form.sides
    if not sides:
        messages.warning(
            request, f"{conflict.sentence}何も変えていません。いまの内容を確かめてください。"
        )
        return redirect(back)
    if form.nothing_left:
        who = f"{conflict.who}さん" if conflict.who else "ほかの人"
        messages.info(request, f"{who}が同じ内容を保存済みです。書き直すものはありません。")
        return redirect(back)
    page = {
        "form": form,
        "conflict": conflict,
        "opened_at": form.seen.at if form.seen else None,
        "sides": sides,
        "to_choose": [side for side in sides if side.kind == "choose"],
        "back": back,
        "failed": True,
    }
    return render(request, "components/conflict.html", page, status=Status.CONFLICT)
