"""Sample spans, milestones, their dated updates and the first baseline."""

from datetime import date, datetime

from foundation.japanese.calendar import parse_month
from foundation.records.actions import record_change
from headquarters.sample.figures import morning_of
from roadmap.actions import is_postponed
from roadmap.baselines import create_baseline
from roadmap.milestone_planning import create_milestone
from roadmap.models import Milestone, MilestoneUpdate, Step


def _day(text):
    return date.fromisoformat(text) if text else None


def make_steps(data: dict, until: date) -> dict:
    """Spans and beginnings; returns {"measure-order": Step}."""
    steps = {
        f"{step.measure.number}-{step.order}": step
        for step in Step.objects.select_related("measure")
    }
    for key, (first, last) in data["spans"].items():
        steps[key].first_month, steps[key].last_month = parse_month(first), parse_month(last)
    for key, day in data["starts"].items():
        if _day(day) <= until:
            steps[key].actual_start = _day(day)
    for key, day in data["ends"].items():
        if _day(day) <= until:
            steps[key].actual_end = _day(day)
    for step in steps.values():
        step.save()
    return steps


def make_milestones(data: dict, steps: dict, plan, users: dict, until: date, at: datetime) -> int:
    """Milestones, the baseline that approves their dates, then what happened up to `until`."""
    rows = [
        (
            create_milestone(
                by=None,
                step=steps[key],
                name=name,
                planned_on=_day(planned),
                fiscal_year=data["yearly"].get(key),
                at=at,
            ),
            updates,
        )
        for key, name, planned, updates in data["milestones"]
    ]
    base = data["baseline"]
    create_baseline(
        by=None,
        plan=plan,
        name=base["name"],
        approved_on=_day(base["approved_on"]),
        decision=base["decision"],
        at=at,
    )
    for row, updates in rows:
        for update in updates:
            if _day(update[0]) <= until:
                _update(row, update, users["jimukyoku"], at)
    return len(rows)


def _update(row: Milestone, update, by, at: datetime) -> None:
    day, state, forecast, completed, reason, comment = update
    before = (row.state, row.forecast_on, row.completed_on)
    postponed = is_postponed(row, _day(forecast), row.planned_on)
    row.state, row.completed_on = state, _day(completed)
    row.forecast_on = _day(forecast) or row.forecast_on
    row.version = record_change(
        by=by,
        action="roadmap.milestone",
        subject=row,
        label=f"{row.step.measure} {row}",
        reason=reason or "見本データ",
        before={},
        after={"状態": row.get_state_display(), "見込日": row.forecast_on},
        at=at,
    )
    row.full_clean(exclude=["step"])
    row.save()
    MilestoneUpdate.objects.create(
        milestone=row,
        effective_on=_day(day),
        at=morning_of(_day(day)),
        by=by,
        state_before=before[0],
        state_after=state,
        forecast_before=before[1],
        forecast_after=row.forecast_on,
        completed_before=before[2],
        completed_after=row.completed_on,
        postponed=postponed,
        reason=reason,
        comment=comment,
    )
