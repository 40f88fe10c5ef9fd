"""`manage.py create_secretariat NAME`.

The first person of the secretariat, with a one-time password.
"""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from foundation.accounts import actions
from foundation.accounts.models import Membership, Role


class Command(BaseCommand):
    help = "事務局の利用者を登録し、一度だけ使えるパスワードを表示します。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("name", help="利用者名（半角英数字）")
        parser.add_argument(
            "--full-name",
            default="",
            help="氏名（省略すると利用者名）",
        )

    @transaction.atomic
    def handle(self, *args, name, full_name, **options):
        at = timezone.now()
        try:
            user, password = actions.create_user(
                by=None, username=name, full_name=full_name or name, at=at
            )
            actions.save_membership(
                by=None,
                membership=Membership(
                    user=user, role=Role.SECRETARIAT, valid_from=timezone.localdate()
                ),
                at=at,
            )
        except ValidationError as error:
            raise CommandError("登録できません：" + " ".join(error.messages)) from None
        self.stdout.write(
            f"利用者名　　: {name}\nパスワード　: {password}\n最初のログインで、"
            "新しいパスワードに変えます。"
        )
