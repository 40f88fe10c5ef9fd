"""`manage.py serve`.

The whole start in one process: migrate, plan, sample, static files, then waitress.
"""

import csv
import os
import signal
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.utils import timezone

from foundation.accounts.models import User
from foundation.records.actions import sample_loaded
from headquarters.sample.choice import is_own_plan, wants_sample
from headquarters.sample.people import accounts_path
from measures.models import Plan
from osaki_dx import serving, starting
from osaki_dx.sqlite.journal import write_back

PRIVATE = 0o077  # umask: what a portal writes is its owner's alone


class Command(BaseCommand):
    help = "準備をして、ポータルを起動します。"
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--no-sample", action="store_true", help="見本データを読み込まない（この後もずっと）"
        )
        parser.add_argument(
            "--plan", default="", help="初めて起動するときに読み込む計画の様式（Excel）"
        )
        parser.add_argument(
            "--static-stamp", default="", help="静的ファイルの版（変わったときだけ集め直す）"
        )

    def handle(self, *args, port, no_sample, plan, static_stamp, **options):
        os.umask(PRIVATE)
        serving.check_proxy()
        listener = serving.listen(port)
        signal.signal(
            signal.SIGTERM,
            lambda *_: sys.exit(0),
        )
        starting.make_database_file()
        with starting.one_at_a_time():
            starting.prepare_database(self._say, plan)
            starting.tell_version(self._say, at=timezone.now())
            first = wants_sample(
                refused=no_sample or not is_own_plan(Plan.objects.current()),
                production=settings.PRODUCTION,
                at=timezone.now(),
            )
            if first:
                call_command("load_sample", verbosity=0)
            starting.collect_static(static_stamp)
        write_back(connection)
        self._greet(listener.getsockname()[1], first)
        connections.close_all()
        # not before: whitenoise looks at the static files once, when it is made
        serving.Server(get_wsgi_application(), listener).run()

    def _say(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()

    def _greet(self, port, first):
        """The address and where the accounts are; their passwords at the first start only."""
        lines = [
            f"ポータルを開く：http://{settings.LISTEN}:{port}/",
            "終わるには Ctrl+C を押します。",
        ]
        if first:
            lines += ["見本の利用者（見本データを読み込んでいます）：", *self._accounts()]
        elif sample_loaded():
            lines += self._reminder()
        elif not User.objects.exists():
            lines.append(
                "まだ利用者がいません。「manage.py create_secretariat 名前」"
                "で事務局の利用者を登録してください。"
            )
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _reminder(self):
        if settings.PRODUCTION:
            yield "注意：本番ですが、見本データと見本の利用者が入っています。"
        yield (
            f"見本データを読み込んでいます。見本の利用者は {accounts_path()} にあります"
            "（取り外すには manage.py unload_sample）。"
        )

    def _accounts(self):
        with accounts_path().open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                account = f"{row['username']:<14}{row['password']:<22}"
                yield f"  {account}{row['role']} {row['department']}"
