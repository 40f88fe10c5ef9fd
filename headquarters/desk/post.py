"""How digests go out: one connection for all, one mailbox after the other.

A mailbox that is refused loses nobody else's mail; who was not reached is tried again by the next
run. A mail is handed over outside of any transaction (docs/adr/0058): a digest is claimed, mailed
and noted, and nobody who saves waits for the mail server. Two runs at once meet the constraint of
`Reminder`: each digest goes once.
"""

import logging
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction

from foundation.records.actions import moment
from headquarters.desk.models import Reminder
from headquarters.desk.reminders import Digest

logger = logging.getLogger(__name__)
CLAIM_HOLDS = timedelta(minutes=10)  # longer than a mail takes (EMAIL_TIMEOUT an answer)
FAULTS = (smtplib.SMTPException, OSError, ValueError)  # of the server, the network, an address


@dataclass
class Sent:
    """What has come of a run: made digests, and those that did not go with the reason."""

    made: list[Digest] = field(default_factory=list)
    failed: list[tuple[Digest, str]] = field(default_factory=list)


def mail_is_set_up() -> bool:
    """Has the town configured a mail server?"""
    return bool(settings.EMAIL_HOST)


def send_all(found: Iterable[Digest], *, at: datetime | None = None) -> Sent:
    """Note each digest, and mail it where that is set up and an address is known."""
    sent, post = Sent(), Post()
    try:
        for digest in found:
            try:
                if _send(digest, post, at=at):
                    sent.made.append(digest)
            except FAULTS as fault:
                logger.warning("reminder to %s: %r", digest.user.username, fault)
                post.hang_up()
                sent.failed.append((digest, why(fault)))
    finally:
        post.hang_up()
    return sent


class Post:
    """The connection to the mail server. It is made outside of transactions: others may be writing.

    A server that could not be reached is not tried again in this run.
    """

    def __init__(self) -> None:
        self.line: Any = None
        self.unreachable: Exception | None = None

    def pick_up(self) -> None:
        """Be connected. Raises one of `FAULTS`."""
        if self.unreachable:
            raise self.unreachable
        if self.line is None:
            line = get_connection()
            try:
                line.open()
            except FAULTS as fault:
                self.unreachable = fault
                raise
            self.line = line

    def hang_up(self) -> None:
        """Close the connection; the next digest makes a new one."""
        line, self.line = self.line, None
        if line is None:
            return
        try:
            line.close()
        except FAULTS as fault:
            logger.info("closing the connection to the mail server: %r", fault)

    def deliver(self, digest: Digest) -> None:
        """Hand one mail over to the server."""
        EmailMessage(
            digest.subject,
            digest.text,
            settings.DEFAULT_FROM_EMAIL,
            [digest.user.email],
            connection=self.line,
        ).send()


def _send(digest: Digest, post: Post, *, at: datetime | None) -> bool:
    """False: it had gone already, or another run is mailing it."""
    if not (mail_is_set_up() and digest.user.email):
        return _take(digest, at=at)
    post.pick_up()
    if not _claim(digest, at=at):
        return False
    claim = Reminder.objects.claims_of(digest.key)
    try:
        post.deliver(digest)
    except FAULTS:
        claim.delete()
        raise
    claim.update(mailed=True, claimed_at=None)
    return True


def _claim(digest: Digest, *, at: datetime | None) -> bool:
    """Is it this run that mails it? A claim that was left behind (the run was killed) lapses."""
    now = moment()  # of this mail: a run may take longer than a claim holds
    lapsed = Reminder.objects.claims_of(digest.key).filter(claimed_at__lt=now - CLAIM_HOLDS)
    if lapsed.update(claimed_at=now):
        return True
    return _take(digest, at=at, claimed_at=now)


def _take(digest: Digest, *, at: datetime | None, claimed_at: datetime | None = None) -> bool:
    """Note it, unless it is noted or claimed."""
    try:
        with transaction.atomic():
            Reminder.objects.create(
                what=digest.what,
                user=digest.user,
                month=digest.month,
                days=digest.days,
                sent_at=moment(at),
                claimed_at=claimed_at,
            )
    except IntegrityError:
        return False
    return True


def why(fault: Exception) -> str:
    """Why a mail did not go, in a few words."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return "宛先のメールアドレスが断られました"
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return "メールサーバーにログインできません"
    if isinstance(fault, smtplib.SMTPSenderRefused):
        return "差出人のメールアドレスが断られました"
    if isinstance(fault, (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)):
        return "メールサーバーとの接続が切れました"
    if isinstance(fault, smtplib.SMTPException):
        return "メールサーバーに断られました"
    if isinstance(fault, ValueError):
        return "メールアドレスが正しくありません"
    return "メールサーバーにつながりません"
