"""The closed lists of which sheets and lists for machines take their values (コード表)."""

from foundation.sheets.columns import YES_NO, Choice, Coded, choices_of
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import BandRow
from kpi.choices import (
    CellState,
    Direction,
    Kind,
    Maturity,
    MissingReason,
    NotJudged,
    SubmissionState,
)
from roadmap.choices import MilestoneState, Recurrence

KINDS = Coded("種類", choices_of(Kind.choices))
DIRECTIONS = Coded("方向性", choices_of(Direction.choices))
CELL_STATES = Coded("入力の状態", choices_of(CellState.choices))
MISSING_REASONS = Coded("値なしの理由", choices_of(MissingReason.choices))
MATURITIES = Coded("確定区分", choices_of(Maturity.choices))
NOT_JUDGED = Coded("評価対象外の理由", choices_of(NotJudged.choices))
RECURRENCES = Coded("繰返し", choices_of(Recurrence.choices))
MILESTONE_STATES = Coded(
    "マイルストーンの状態", (*choices_of(MilestoneState.choices), Choice("late", "遅延"))
)
STEP_STATES = Coded(  # `roadmap.schedule.StepState.kind`
    "工程の状態",
    (
        Choice("todo", "未着手"),
        Choice("doing", "実施中"),
        Choice("done", "完了"),
        Choice("late", "遅延"),
        Choice("check", "要確認"),
        Choice("off", "中止"),
    ),
)
SUBMISSIONS = Coded("提出の状態", choices_of(SubmissionState.choices))
YES_OR_NO = Coded("該当の有無", YES_NO)
GRADES = "評価区分"

CODED = (
    KINDS,
    DIRECTIONS,
    CELL_STATES,
    MISSING_REASONS,
    MATURITIES,
    NOT_JUDGED,
    STEP_STATES,
    RECURRENCES,
    MILESTONE_STATES,
    YES_OR_NO,
)


def grades_of(report: MonthlyReport) -> Coded:
    """The grades as the plan's data has them: 「A」 順調（100％以上）."""
    return Coded(GRADES, tuple(Choice(band.letter, _range_of(band)) for band in report.bands))


def _range_of(band: BandRow) -> str:
    """「順調（100％以上）」."""
    return band.name if band.threshold is None else f"{band.name}（{band.threshold}％以上）"
