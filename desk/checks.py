"""要確認一覧: what the plan left open, in groups, with progress."""

from itertools import groupby

from django.shortcuts import render

from accounts.permissions import Permission, requires
from measures.models import OpenPoint


@requires(Permission.READ)
def checks(request):
    """All open points in the order of the set-up, with how many are settled."""
    points = list(OpenPoint.objects.select_related("settled_by").order_by("group", "order"))
    first = {}
    for point in points:
        first[point.group] = min(first.get(point.group, point.order), point.order)
    points.sort(key=lambda point: (first[point.group], point.order))
    groups = [
        {"name": name, "rows": rows, "settled": sum(row.settled_at is not None for row in rows)}
        for name, rows in ((name, list(rows)) for name, rows in groupby(points, key=lambda point: point.group))
    ]
    settled = sum(group["settled"] for group in groups)
    return render(request, "desk/checks.html", {"groups": groups, "settled": settled, "total": len(points)})
