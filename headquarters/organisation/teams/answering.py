"""The middle of the views of a team: something new is made, something that stands is changed."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from foundation.accounts.acting import answer_act, errors_on, posted, recorded


def make_new(request, form, make, done, title, submit, back):
    """The page of something new of a team: made once, or shown again with what is wrong."""
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            made = recorded(
                request,
                form,
                lambda: make(form.cleaned_data, now),
                done,
                at=now,
            )
            return redirect(getattr(made, "get_absolute_url", lambda: back)())
    return answer_act(
        request,
        form,
        title=title,
        submit=submit,
        back=back,
    )


def change_row(request, form, change, done, title, submit, back):
    """The page by which something of a team is changed: `change(cleaned data, at)`."""
    if posted(request, form):
        with errors_on(form):
            change(form.cleaned_data, timezone.now())
            messages.success(request, done)
            return redirect(back)
    return answer_act(
        request,
        form,
        title=title,
        submit=submit,
        back=back,
    )
