"""操作マニュアル in a browser: its pages hold on every width, and its pictures are made here.

PORTAL_PICTURES=1 takes the pictures of docs/manual/ again, of the sample town on a fixed day.
"""

import base64
import os

import pytest
import time_machine

from foundation.accounts.models import Role, User
from headquarters.desk.manual.drawing import PICTURES
from headquarters.meetings.models import Meeting
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from roadmap.models import Milestone

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-09 01:00+00:00"
TAKING = bool(os.environ.get("PORTAL_PICTURES"))
WIDTH, QUALITY = 1120, 0.6  # of WebP
WIDER = {"entry": 1280, "roadmap": 1280, "definitions": 1280, "present": 1366}
PACK = """async ([source, quality]) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d", {alpha: false}).drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality);
}"""


def screens():
    """{name of the picture: (who looks, address, how much of the page is seen)}."""
    coming, held = Meeting.objects.order_by("-held_on").values_list("pk", flat=True)[:2]
    late = Milestone.objects.get(name="調査報告").pk
    asked = ActionItem.objects.filter(state=ActionState.OPEN).order_by("due_on")[0]
    head = User.objects.filter(
        memberships__role=Role.DEPARTMENT_HEAD, memberships__department=asked.department
    )[0]
    return {
        "login": ("", "/accounts/login/", 560),
        "home": ("jumin-kacho", "/", 700),
        "entry": ("jimukyoku", "/kpis/entry/2026-10/", 700),
        "sheet-out": ("jimukyoku", "/kpis/intake/?month=2026-10", 640),
        "month": ("jimukyoku", "/kpis/months/2026-10/", 700),
        "close": ("jimukyoku", "/reports/2026-10/close/", 700),
        "reports": ("jimukyoku", "/reports/", 600),
        "milestones": ("jumin-kacho", "/roadmap/milestones/", 600),
        "milestone": ("jumin-kacho", f"/roadmap/milestones/{late}/", 768),
        "roadmap": ("soumu-kacho", "/roadmap/", 700),
        "baselines": ("jimukyoku", "/roadmap/baselines/", 560),
        "checks": ("jimukyoku", "/plan/checks/", 640),
        "definitions": ("jimukyoku", "/kpis/definitions/", 600),
        "targets": ("jimukyoku", "/kpis/targets/", 600),
        "pdca": ("jimukyoku", "/reviews/2026-mid/1/", 768),
        "meeting": ("jimukyoku", f"/meetings/{held}/", 768),
        "present": ("honbu", f"/meetings/{coming}/present/?slide=4", 768),
        "action-item": (head.username, f"/meetings/items/{asked.pk}/", 560),
        "dashboard": ("honbu", "/dashboard/", 768),
        "kpi-list": ("etsuran", "/kpis/", 600),
        "indicator": ("honbu", "/kpis/1-2/", 768),
        "town-form": ("jimukyoku", "/reports/form/", 640),
        "tokens": ("jimukyoku", "/settings/feeds/new/", 480),
        "organisation": ("jimukyoku", "/plan/organisation/", 640),
        "users": ("jimukyoku", "/accounts/users/", 560),
        "handover": ("jimukyoku", "/handover/", 640),
    }


def plain(content):
    """A WebP with nothing but the picture: no colour profile, which browsers add."""
    begin = content.index(b"VP8 ")
    size = int.from_bytes(content[begin + 4 : begin + 8], "little")
    picture = b"WEBP" + content[begin : begin + 8 + size + size % 2]
    return b"RIFF" + len(picture).to_bytes(4, "little") + picture


@pytest.mark.skipif(not TAKING, reason="only by PORTAL_PICTURES")
def test_the_pictures_of_the_manual_are_taken(visitor):
    people, desk = {}, visitor()
    with time_machine.travel(NOW, tick=True):
        for name, (username, address, height) in screens().items():
            person = people.get(username) or visitor()
            if username and username not in people:
                person.come_as(username)
            people[username] = person
            width = WIDER.get(name, WIDTH)
            person.page.set_viewport_size({"width": width, "height": height})
            answer = person.open(address)
            assert answer.status == 200, address
            person.page.wait_for_load_state("networkidle")
            taken = base64.b64encode(person.page.screenshot()).decode()
            source = f"data:image/png;base64,{taken}"
            small = desk.page.evaluate(PACK, [source, QUALITY])
            content = base64.b64decode(small.partition(",")[2])
            (PICTURES / f"{name}.webp").write_bytes(plain(content))


@pytest.mark.parametrize("width", [1366, 390])
def test_the_manual_is_read_on_every_width(visitor, width):
    reader = visitor(width=width)
    reader.open("/help/trouble/")
    reader.check_what_is_new()
    reader.come_as("etsuran")
    for address in ("/help/", "/help/?q=貼り付け", "/help/kpi-entry/"):
        reader.open(address)
        assert reader.page.evaluate("document.body.scrollWidth <= innerWidth"), address
        reader.check_what_is_new()
    reader.open("/kpis/")
    reader.page.get_by_role("link", name="この画面の使い方").click()
    reader.page.wait_for_url("**/help/reading/#list")
