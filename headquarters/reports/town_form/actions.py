"""Handing a form in, using it, and using none: one door for each, with its history."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.actions import moment, record_change
from foundation.records.seen import Seen, check_seen, wait_in_line
from foundation.records.uploads import CheckedFile
from foundation.sheets.inspection import UnsafeFile, inspect
from foundation.sheets.named import NamedBook, UnfitBook
from headquarters.reports.models import TownForm, TownFormUse
from headquarters.reports.monthly import FILLED
from headquarters.reports.town_form.items import values_of
from headquarters.reports.town_form.preview import Preview, newest_report, preview_of

NO_PLAN = "計画が読み込まれていないため、様式を確かめられません。"
NO_NAME = (
    "一覧にある名前の付いたセルが、1つもありません。"
    "「使える名前」を見て、Excelの「数式」→「名前の定義」でセルに名前を付けてください。"
)
FAULTY = "値を入れられない名前があります。様式を直して、もう一度読み込んでください。"
NONE_IN_USE = "使っている様式はありません。"
IN_USE = "この様式は、すでに使っています。"
AFTERWARDS = "この様式に値を入れたファイルを開けません。事務局から保守の担当へ知らせてください。"


def tried(content: bytes, *, on: date) -> Preview:
    """What the form would get. ValidationError when there is nothing that it could get."""
    report = newest_report(on=on)
    if report is None:
        raise ValidationError(NO_PLAN)
    try:
        book = NamedBook(content)
        preview = preview_of(book, report)
        inspect(book.filled(values_of(report)), ".xlsx")
    except UnfitBook as error:
        raise ValidationError(str(error)) from error
    except UnsafeFile as error:
        raise ValidationError(AFTERWARDS) from error
    if not preview.known and not preview.faulty:
        raise ValidationError(NO_NAME)
    return preview


def hand_in_form(*, by: User, file: CheckedFile, on: date, at: datetime | None = None) -> TownForm:
    """Keep a form; it is not used yet. The very same file is not kept twice.

    It is tried before the lock: reading a form takes a while. Raises PermissionDenied,
    ValidationError (it cannot be filled).
    """
    require(by, Permission.CLOSE_MONTH)
    tried(file.content, on=on)
    return keep_form(by=by, file=file, at=at)


@transaction.atomic
def keep_form(*, by: User, file: CheckedFile, at: datetime | None = None) -> TownForm:
    """Keep a form that was `tried` by who hands it in; nothing is read of it any more."""
    at = moment(at)
    require(by, Permission.CLOSE_MONTH)
    wait_in_line()
    same: TownForm | None = (
        TownForm.objects.listed().filter(sha256=file.sha256, name=file.name).first()
    )
    if same is not None:
        return same
    row = TownForm.objects.create(
        name=file.name,
        content=file.content,
        size=file.size,
        sha256=file.sha256,
        uploaded_by=by,
        uploaded_at=at,
    )
    record_change(
        by=by,
        action=FILLED,
        subject=row,
        label=f"町の様式 {row.name}",
        before={},
        after={"ファイル": row.name, "大きさ": row.size, "照合値": row.sha256},
        at=at,
    )
    return row


def use_form(
    *, by: User, form: TownForm, on: date, seen: Seen | None = None, at: datetime | None = None
) -> TownFormUse:
    """Fill this form from now on, in the place of any other. It is tried before the lock.

    Raises PermissionDenied, Conflict, ValidationError (it is used already; a name that is known
    has no cell that could be filled).
    """
    require(by, Permission.CLOSE_MONTH)
    if not tried(bytes(form.content), on=on).may_be_used:
        raise ValidationError(FAULTY)
    return _used(by=by, form=form, seen=seen, at=moment(at))


@transaction.atomic
def _used(*, by: User, form: TownForm, seen: Seen | None, at: datetime) -> TownFormUse:
    wait_in_line()
    before = _in_use(seen)
    if before == form:
        raise ValidationError(IN_USE)
    return _decided(before, form, by=by, reason="", at=at)


@transaction.atomic
def stop_form(
    *, by: User, reason: str, seen: Seen | None = None, at: datetime | None = None
) -> TownFormUse:
    """Fill no form from now on. Raises PermissionDenied, Conflict, ValidationError."""
    at = moment(at)
    require(by, Permission.CLOSE_MONTH)
    wait_in_line()
    before = _in_use(seen)
    if before is None:
        raise ValidationError(NONE_IN_USE)
    return _decided(
        before,
        None,
        by=by,
        reason=reason,
        at=at,
    )


def uses_seen() -> dict[str, int]:
    """What a page of the form carries: how many decisions about it it has seen."""
    return {"uses": TownFormUse.objects.count()}


def _in_use(seen: Seen | None) -> TownForm | None:
    """The form in use, while nobody has decided since it was `seen`."""
    newest = TownFormUse.objects.newest()
    check_seen(seen, newest, uses_seen(), *([newest] if newest else []))
    return newest.form if newest else None


def _decided(
    before: TownForm | None, form: TownForm | None, *, by: User, reason: str, at: datetime
) -> TownFormUse:
    row = TownFormUse.objects.create(form=form, reason=reason, decided_by=by, decided_at=at)
    record_change(
        by=by,
        action=FILLED,
        subject=row,
        label="町の様式",
        before={"使う様式": _named(before)},
        after={"使う様式": _named(form)},
        reason=reason,
        at=at,
    )
    return row


def _named(form: TownForm | None) -> str:
    return f"{form.name}（{form.short_hash}）" if form else "なし"
