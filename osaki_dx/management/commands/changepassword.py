"""`manage.py changepassword NAME`: Django's own, which leaves its line in the history."""

from django.contrib.auth.management.commands import changepassword
from django.db import transaction
from django.utils import timezone

from foundation.accounts.models import User
from foundation.records.actions import record_change


class Command(changepassword.Command):
    @transaction.atomic
    def handle(self, *args, **options):
        """As Django's; it returns a sentence only when the password was changed."""
        done = super().handle(*args, **options)
        if done:
            user = User.objects.get_by_natural_key(options["username"])
            record_change(
                by=None,
                action="accounts.password",
                subject=user,
                before={},
                after={"操作": "サーバーの管理者によるパスワードの変更"},
                at=timezone.now(),
            )
        return done
