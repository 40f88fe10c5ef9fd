"""Rows of a report out of the roadmap as of a day (`roadmap.reading.StepView`)."""

from headquarters.reports.rows import MilestoneRow, StepRow
from measures.querysets import UNDECIDED
from roadmap.reading import MilestoneView, StepView


def milestone_row(item: MilestoneView) -> MilestoneRow:
    """One milestone as it stood on the day."""
    facts, state = item.facts, item.health
    return MilestoneRow(
        id=item.row.pk,
        name=item.row.name,
        state=item.state_label,
        kind=item.kind,
        original_on=facts.original_on,
        approved_on=facts.approved_on,
        forecast_on=facts.forecast_on,
        completed_on=facts.completed_on,
        late=state.late,
        days_late=state.days_late,
        slipping=state.slipping,
        stale=state.stale,
        is_due=item.is_due,
        slip=state.slip,
        postponements=facts.postponements,
        sentence=state.sentence,
        reason=item.reason,
        comment=item.row.comment_then or "",
    )


def step_row(view: StepView) -> StepRow:
    """One step with its milestones."""
    step, state = view.row, view.state
    return StepRow(
        id=step.pk,
        measure=step.measure.number,
        name=step.name,
        recurrence=step.get_recurrence_display(),
        first_month=step.first_month,
        last_month=step.last_month,
        actual_start=step.actual_start,
        actual_end=step.actual_end,
        kind=state.kind,
        state=state.label,
        department=view.department.name if view.department else UNDECIDED,
        department_id=view.department.pk if view.department else None,
        milestones=tuple(milestone_row(item) for item in view.milestones),
    )


def roadmap_state(steps: list[StepRow]) -> tuple[str, str]:
    """(sign, words) for the matrix: late first, then what is uncertain."""
    items = [item for step in steps for item in step.milestones]
    late, slipping = sum(item.late for item in items), sum(item.slipping for item in items)
    if late:
        return "late", f"遅延 {late}"
    if slipping:
        return "check", f"期日のずれ {slipping}"
    if not items:
        unknown = all(step.first_month is None for step in steps)
        return "check", "要確認" if unknown else "節目 未設定"
    if all(step.kind in ("done", "off") for step in steps):
        return "done", "完了"
    return "doing", _year_done(steps) or "予定どおり"


def _year_done(steps: list[StepRow]) -> str:
    """「R8年度分 完了」 where that is what all steps with milestones say."""
    words = {step.state for step in steps if step.milestones and step.kind != "done"}
    whole = len(words) == 1 and all(word.endswith("年度分 完了") for word in words)
    return words.pop() if whole else ""
