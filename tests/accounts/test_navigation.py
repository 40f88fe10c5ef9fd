"""The way back: paths of this portal, and nothing that leads elsewhere or nowhere."""

import pytest

from foundation.accounts.navigation import back_to
from tests.attacks.hostile import AWAY

OURS = (
    "/",
    "/kpis/?grade=D",
    "/search/?q=%E7%94%B3%E8%AB%8B+%E7%AA%93%E5%8F%A3",
    "/kpis/1-1/#draft",
)


@pytest.mark.parametrize("target", AWAY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_else_is_a_way_back(rf, method, target):
    assert back_to(getattr(rf, method)("/", {"next": target})) == ""


@pytest.mark.parametrize("sign", ["\x00", "\t", "\n", "\r", "\x7f", "\\", " "])
@pytest.mark.parametrize("place", ["{}/kpis/", "/{}/kpis/", "/kpis/{}", "/kpis/?q={}"])
def test_signs_that_stand_in_no_address_are_in_none(rf, place, sign):
    assert back_to(rf.get("/", {"next": place.format(sign)})) == ""


@pytest.mark.parametrize("target", OURS)
def test_a_path_of_ours_is_one(rf, target):
    assert back_to(rf.get("/", {"next": target})) == target
