"""A repeated press records once: the tokens of forms that have made their record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet

from foundation.records.actions import moment
from foundation.records.forms import RecordsOnce
from foundation.records.models import UsedToken
from foundation.records.seen import wait_in_line

Made = TypeVar("Made")
KEPT_FOR = timedelta(days=30)
OTHER_CONTENT = (
    "この画面の内容は、すでに1件記録しています。内容が変わっているため、まだ記録していません。"
    "別の記録にするときは、もう一度押してください。"
)


def refuse_twin(rows: QuerySet[Any], what: str, field: str | None = None) -> None:
    """ValidationError when the very same is recorded already, by whomever.

    Asked in line by actions whose records nothing else tells apart; `rows`: the same content.
    """
    if rows.exists():
        sentence = (
            f"同じ内容の{what}が、すでに記録されています。画面を読み込み直して確かめてください。"
        )
        raise ValidationError({field: sentence} if field else sentence, code="repeated")


@dataclass(frozen=True)
class Recorded(Generic[Made]):
    """What a form has made. `repeated`: an earlier press had made it already."""

    made: Made
    repeated: bool


@transaction.atomic
def record_once(
    form: RecordsOnce, make: Callable[[], Made], *, at: datetime | None = None
) -> Recorded[Any]:
    """Make the record of a valid form, once for its token.

    The same token with the same content answers with the record made before (None when it is gone
    or was no single row); with other content it is refused (ValidationError), and the form carries
    a new token. What `make` raises leaves the token unused.
    """
    at = moment(at)
    wait_in_line()
    used = form.used_before
    if used is not None:
        return Recorded(used.subject, True)
    if UsedToken.objects.filter(token=form.token).exists():
        form.renew()
        raise ValidationError(OTHER_CONTENT, code="repeated")
    made = make()
    UsedToken.objects.filter(at__lt=at - KEPT_FOR).delete()
    subject = made if isinstance(made, Model) else None
    UsedToken.objects.create(token=form.token, content=form.content, at=at, subject=subject)
    return Recorded(made, False)


def rehearsed(make: Callable[[], Made], shown: Callable[[Made], Any]) -> Any:
    """What `make` would do: it is done, looked at (`shown`), and rolled back.

    So a page can show exactly what will be made before it is confirmed. Raises what `make` raises.
    """
    with transaction.atomic():
        made = make()
        result = shown(made)
        transaction.set_rollback(True)
    return result
