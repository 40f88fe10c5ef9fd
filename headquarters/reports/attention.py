"""要対応: what the headquarters should look at, worst first. Pure over report rows."""

from datetime import date

from foundation.japanese.calendar import wareki_short
from headquarters.reports.rows import AttentionRow
from kpi.choices import CellState
from kpi.rules.grades import needs_attention

LABELS = {
    "D": "D 遅れ",
    "C": "C やや遅れ",
    "late": "遅延",
    "slipping": "期日のずれ",
    "stale": "更新待ち",
    "missing": "未入力",
}
ORDER = list(LABELS)


def attention(indicators, steps, due_on: date) -> tuple[AttentionRow, ...]:
    """Rows for C and D, late, slipping and stale milestones, and due cells that are empty."""
    rows = [row for item in indicators for row in _of_indicator(item, due_on)]
    rows += [row for step in steps for item in step.milestones for row in _of_milestone(step, item)]
    return tuple(sorted(rows, key=lambda row: ORDER.index(row.kind)))


def _of_indicator(item, due_on):
    common = {
        "measure": item.measure,
        "subject": f"{item.code} {item.name}",
        "link": item.code,
        "department": item.department,
        "response": item.note,
    }
    if needs_attention(item.grade):
        yield AttentionRow(
            kind=item.grade, label=LABELS[item.grade], fact=item.sentence, due_on=None, **common
        )
    if item.state == CellState.MISSING:
        yield AttentionRow(
            kind="missing",
            label=LABELS["missing"],
            due_on=due_on,
            fact=f"当月の値が未入力です（提出期限 {wareki_short(due_on)}）",
            **common,
        )


def _of_milestone(step, item):
    kind = "late" if item.late else "slipping" if item.slipping else "stale" if item.stale else None
    if kind:
        label = (
            f"遅延 ＋{item.slip}日"
            if kind == "late" and item.slip and item.slip > 0
            else LABELS[kind]
        )
        yield AttentionRow(
            kind=kind,
            label=label,
            measure=step.measure,
            subject=f"{step.measure} {step.name}「{item.name}」",
            link="",
            fact=item.sentence,
            response=item.reason or item.comment,
            department=step.department,
            due_on=item.forecast_on or item.approved_on,
        )
