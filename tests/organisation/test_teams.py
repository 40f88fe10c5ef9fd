"""プロジェクトチーム: members, sittings, decisions, and instructions like a meeting's."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from foundation.records.models import HistoryEntry
from headquarters.desk.handover import places
from headquarters.meetings.actions import create_meeting
from headquarters.organisation.actions import (
    answer_action_item,
    close_action_item,
    record_action_item,
)
from headquarters.organisation.chart import drawing
from headquarters.organisation.correcting import correct_action_item
from headquarters.organisation.models import ActionItem
from headquarters.organisation.projects.actions import ProjectTerms, add_project
from headquarters.organisation.roster.actions import add_post
from headquarters.organisation.teams.actions import (
    add_member,
    correct_member,
    correct_team,
    set_up_team,
    values_of,
    withdraw_team,
)
from headquarters.organisation.teams.models import ProjectTeam
from headquarters.organisation.teams.reading import sittings_of, teams
from headquarters.organisation.teams.sittings import (
    correct_sitting,
    record_sitting,
    withdraw_sitting,
)
from headquarters.reviews.facts import facts_of
from measures.models import Measure, Plan
from tests.conftest import MONTH
from tests.pages import page_text

pytestmark = pytest.mark.django_db
ON, MAY, SAT = date(2026, 11, 20), date(2026, 5, 15), date(2026, 10, 28)
HERE = "/plan/organisation/teams/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        yield


def measure(number):
    return Measure.objects.get(number=number)


@pytest.fixture
def team(secretariat):
    return set_up_team(
        by=secretariat,
        name="窓口デジタル化チーム",
        purpose="窓口と手続きを一体で検討する",
        starts_on=MAY,
        measures=[measure(1), measure(2)],
    )


@pytest.fixture
def sitting(secretariat, team):
    return record_sitting(
        by=secretariat, team=team, held_on=SAT, decisions="転入を先行とする\n\n本部会議に諮る\n"
    )


@pytest.fixture
def item(secretariat, sitting, soumu):
    return record_action_item(
        by=secretariat,
        sitting=sitting,
        text="設問案を作ること",
        department=soumu,
        due_on=date(2026, 11, 4),
        measure=measure(1),
    )


@pytest.mark.pure
def test_there_is_no_team_as_loaded_and_the_page_says_what_the_plan_says(
    viewer, secretariat, sign_in
):
    assert not ProjectTeam.objects.exists()
    text = page_text(sign_in(viewer).get(HERE))
    assert "国の示す重点取組事項や各課の個別施策等、プロジェクトチームを置き検討を進めます" in text
    assert "チームを置く</a>" not in text
    assert "チームを置く</a>" in page_text(sign_in(secretariat).get(HERE))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"measures": []}, "measures"),
        ({"ends_on": date(2026, 5, 14)}, "ends_on"),
        ({"name": "窓口デジタル化チーム"}, "name"),
        ({"starts_on": date(1999, 1, 1)}, "starts_on"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_a_team_is_refused_at_its_box(team, secretariat, said, field):
    plain = {"name": "別のチーム", "purpose": "", "starts_on": MAY, "measures": [measure(1)]}
    with pytest.raises(ValidationError) as refused:
        set_up_team(by=secretariat, **{**plain, **said})
    assert field in refused.value.message_dict


@pytest.mark.pure
def test_a_team_for_a_national_item_is_named_as_the_town_names_it(secretariat):
    row = set_up_team(
        by=secretariat, name="標準化対応", purpose="", starts_on=MAY, national_item="標準化"
    )
    assert row.concerns == "標準化"


def test_a_dissolved_team_is_ended_and_leaves_the_chart(team, secretariat):
    add_member(by=secretariat, team=team, part="leader", post="住民環境課長", valid_from=MAY)
    (line,) = teams(ON)
    assert (line.state.label, line.leader, line.size) == ("活動中", "住民環境課長", "0課1人")
    assert "窓口デジタル化チーム" in _said()
    correct_team(by=secretariat, team=team, **{**values_of(team), "ends_on": date(2026, 11, 10)})
    (line,) = teams(ON)
    assert (line.state.label, line.leader) == ("終了", "住民環境課長")
    assert "窓口デジタル化チーム" not in _said()
    entry = HistoryEntry.objects.about(team).first()
    assert entry.after["終了日"] == "令和8年11月10日"


def _said():
    return [label.text for label in drawing(Plan.objects.get(), ON).labels]


def test_a_team_has_one_leader_at_a_time(team, secretariat):
    first = add_member(by=secretariat, team=team, part="leader", post="課長", valid_from=MAY)
    with pytest.raises(ValidationError, match="同じ期間のリーダー"):
        add_member(by=secretariat, team=team, part="leader", post="別の課長", valid_from=SAT)
    said = {"part": "leader", "department": None, "post": "課長", "name": "", "valid_from": MAY}
    correct_member(by=secretariat, member=first, **said, valid_until=date(2026, 10, 27))
    add_member(by=secretariat, team=team, part="leader", post="別の課長", valid_from=SAT)
    assert [row.post for row in ProjectTeam.objects.get().members_on(ON)] == ["別の課長"]
    with pytest.raises(ValidationError, match="設置日以後"):
        add_member(by=secretariat, team=team, part="member", post="x", valid_from=date(2026, 4, 1))


@pytest.mark.pure
def test_the_database_refuses_a_member_of_nothing(team):
    with pytest.raises(IntegrityError), transaction.atomic():
        team.members.create(valid_from=MAY)


@pytest.mark.pure
def test_a_sitting_is_recorded_from_its_day_on(team, secretariat):
    for day in (date(2026, 11, 21), date(2026, 5, 14)):
        with pytest.raises(ValidationError):
            record_sitting(by=secretariat, team=team, held_on=day)


def test_a_sitting_numbers_itself_and_says_what_was_decided(team, sitting, secretariat):
    record_sitting(by=secretariat, team=team, held_on=date(2026, 5, 27))
    found = [(line.number, line.row.held_on, line.row.decided) for line in sittings_of(team, ON)]
    assert found == [
        (2, SAT, ["転入を先行とする", "本部会議に諮る"]),
        (1, date(2026, 5, 27), []),
    ]


# Instructions.


@pytest.mark.pure
def test_an_instruction_reaches_the_work_list_and_is_answered_like_a_meetings(
    item, head, secretariat, sign_in, team
):
    (asked,) = sittings_of(team, ON)[0].asked
    assert asked.words == "期限超過 16日"
    text = page_text(sign_in(head).get("/"))
    assert "設問案を作ること" in text
    assert "窓口デジタル化チームの会合（令和8年10月28日）" in text
    page = sign_in(head).get(f"/meetings/items/{item.pk}/")
    assert f"{HERE}{team.pk}/#sitting-{item.sitting_id}" in page_text(page)
    answer_action_item(by=head, item=item, answer="案を配りました。", final=True)
    close_action_item(by=secretariat, item=item)
    (asked,) = sittings_of(team, ON)[0].asked
    assert (asked.kind, asked.words) == ("done", "完結")


def test_an_instruction_of_a_team_is_corrected_and_stands_on_the_sheet(item, secretariat, soumu):
    due = date(2026, 12, 11)
    correct_action_item(
        by=secretariat,
        item=item,
        text="設問案",
        department=soumu,
        due_on=due,
        measure=measure(1),
        reason="延期",
    )
    (row,) = facts_of(measure(1), MONTH).sheet.instructions
    assert (row.text, row.given_on, row.due_on) == ("設問案", SAT, due)
    with pytest.raises(ValidationError, match="開催日以後"):
        correct_action_item(
            by=secretariat,
            item=item,
            text="設問案",
            department=soumu,
            due_on=MAY,
            reason="誤り",
        )


def test_meetings_look_at_their_own_instructions_again(item, secretariat, sign_in, viewer):
    meeting = create_meeting(
        by=secretariat,
        plan=Plan.objects.get(),
        title="第2回会議",
        held_on=ON,
        place="",
        month=MONTH,
    )
    assert not ActionItem.objects.carried().given_before(meeting).exists()
    assert "設問案を作ること" in page_text(sign_in(viewer).get("/meetings/"))


def test_an_instruction_has_one_source(item, secretariat):
    meeting = create_meeting(
        by=secretariat,
        plan=Plan.objects.get(),
        title="第2回会議",
        held_on=ON,
        place="",
        month=MONTH,
    )
    for said in ({"meeting": meeting}, {"sitting": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActionItem.objects.filter(pk=item.pk).update(**said)


@pytest.mark.pure
def test_what_others_stand_on_is_not_withdrawn(item, sitting, team, secretariat):
    with pytest.raises(ValidationError, match="指示事項のある会合"):
        withdraw_sitting(by=secretariat, sitting=sitting, reason="誤り")
    with pytest.raises(ValidationError, match="会合の記録があるチーム"):
        withdraw_team(by=secretariat, team=team, reason="誤り")
    said = {"place": "", "attendance": "", "notes": "", "decisions": ""}
    with pytest.raises(ValidationError, match="期限より後"):
        correct_sitting(by=secretariat, sitting=sitting, held_on=date(2026, 11, 10), **said)


# Where it is shown.


@pytest.mark.pure
def test_the_measure_and_the_hand_over_show_what_is_carried(
    team, secretariat, soumu, sign_in, zeimu
):
    add_member(
        by=secretariat, team=team, part="leader", department=soumu, post="総務課長", valid_from=MAY
    )
    add_post(
        by=secretariat,
        duty="member",
        title="総務課長",
        department=soumu,
        name="丙山 三郎",
        starts_on=MAY,
    )
    add_project(
        by=secretariat,
        measure=measure(1),
        terms=ProjectTerms("広報", soumu, 2026, 2026, "", "in_progress"),
    )
    (place,) = [place for place in places(ON) if place.department == soumu]
    assert [item.text for item in place.carried] == [
        "推進本部の委員　総務課長（丙山 三郎）",
        "窓口デジタル化チームのリーダー（総務課長）",
        "広報（実施中）",
    ]
    client = sign_in(secretariat)
    assert "リーダー 総務課長" in page_text(client.get("/measures/2/"))
    assert "窓口デジタル化チーム" not in page_text(client.get("/measures/3/"))
    text = page_text(client.get("/handover/"))
    assert "推進本部の委員　総務課長（丙山 三郎）" in text


@pytest.mark.pure
@pytest.mark.parametrize("count", [1, 4])
def test_the_page_asks_the_database_as_often_whatever_is_listed(
    count, team, item, secretariat, sign_in, django_assert_max_num_queries
):
    for number in range(count):
        add_member(by=secretariat, team=team, part="member", post=f"係{number}", valid_from=MAY)
        day = date(2026, 6, 1 + number)
        record_sitting(by=secretariat, team=team, held_on=day)
        set_up_team(
            by=secretariat,
            name=f"チーム{number}",
            purpose="",
            starts_on=MAY,
            measures=[measure(3)],
        )
    client = sign_in(secretariat)
    client.get(HERE)
    with django_assert_max_num_queries(24):
        client.get(f"{HERE}{team.pk}/")
