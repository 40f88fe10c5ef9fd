"""`manage.py createsuperuser` has no meaning here: rights come from memberships."""

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "使いません。事務局の利用者は create_secretariat で登録します。"
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        raise CommandError(
            "このポータルには管理者（superuser）がありません。"
            "「manage.py create_secretariat 利用者名」で事務局の利用者を登録してください。"
        )
