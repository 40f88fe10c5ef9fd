"""`/healthz`: is the database reachable, are the migrations applied and the guards whole."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse

from foundation.records.guards import faults


@login_not_required
def healthz(request):
    """200 {"status": "ok"} when the portal can work, else 503 with the reason."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        unguarded = faults(connection)
    except Error:
        return JsonResponse({"status": "unavailable", "reason": "database"}, status=503)
    if waiting:
        return JsonResponse({"status": "unavailable", "reason": "migrations"}, status=503)
    if unguarded:
        return JsonResponse({"status": "unavailable", "reason": "guards"}, status=503)
    return JsonResponse({"status": "ok"})
