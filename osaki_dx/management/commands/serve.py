"""`manage.py serve`.

The whole start in one process: migrate, plan, sample, static files, then waitress.
"""

import csv
import socket

import waitress
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from foundation.accounts.models import User
from measures.models import Plan

THREADS = 8
HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "準備をして、ポータルを起動します。"
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-sample", action="store_true")
        parser.add_argument(
            "--static-stamp", default="", help="静的ファイルの版（変わったときだけ集め直す）"
        )

    def handle(self, *args, port, no_sample, static_stamp, **options):
        listener = self._listen(port)
        first = self._prepare_database()
        if first and not no_sample:
            call_command("load_sample", until="2026-10", verbosity=0)
        self._collect_static(static_stamp)
        self._greet(port)
        application = (
            get_wsgi_application()
        )  # not before: whitenoise looks at the static files once, when it is made
        waitress.serve(
            application,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )

    def _listen(self, port):
        """The listening socket, or one sentence when the port is taken."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            raise CommandError(
                f"ポート {port} はほかのプログラムが使っています。"
                "「python3 run.py --port 8001」のように、別の番号を指定してください。"
            ) from None
        listener.listen(128)
        return listener

    def _prepare_database(self) -> bool:
        """Migrate and load the plan when needed; True on a database without users (first run)."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        if not Plan.objects.exists():
            call_command("load_plan", verbosity=0)
        return not User.objects.exists()

    def _collect_static(self, stamp):
        mark = settings.DATA_DIR / "static-stamp"
        if (
            stamp
            and mark.exists()
            and mark.read_text(encoding="utf-8") == stamp
            and (settings.STATIC_ROOT / "staticfiles.json").exists()
        ):
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        mark.write_text(stamp, encoding="utf-8")

    def _greet(self, port):
        """The address and the sample accounts."""
        lines = [f"ポータルを開く: http://{HOST}:{port}/", "終わるには Ctrl+C を押します。"]
        accounts = settings.DATA_DIR / "sample-accounts.csv"
        if accounts.exists():
            lines.append("見本の利用者（見本データを読み込んでいます）:")
            with accounts.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    account = f"{row['username']:<14}{row['password']:<22}"
                    lines.append(f"  {account}{row['role']} {row['department']}")
        elif not User.objects.exists():
            lines.append(
                "まだ利用者がいません。「manage.py create_secretariat 名前」"
                "で事務局の利用者を登録してください。"
            )
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
