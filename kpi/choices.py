"""The closed lists of the KPI room.

Japanese stands here once (docs/words.md, docs/rules.md §2–5).
"""

from django.db.models import TextChoices


class Kind(TextChoices):
    NUMBER = "number", "数値"
    RATIO = "ratio", "割合"


class Direction(TextChoices):
    INCREASE = "increase", "増加"
    DECREASE = "decrease", "減少"
    MAINTAIN = "maintain", "維持"
    ZERO = "zero", "ゼロ"


class Accumulation(TextChoices):
    YEAR_SUM = "year_sum", "年度内の合計"
    PLAN_SUM = "plan_sum", "計画期間の累計"
    LATEST = "latest", "最新値"
    LATEST_OF_YEAR = "latest_of_year", "4月からの累計を、最新の値で入力"


SUMS = frozenset({Accumulation.YEAR_SUM, Accumulation.PLAN_SUM})  # months are added up


class BaselineSpan(TextChoices):
    """What a baseline value covers: one year, or something else (the years so far, a quarter)."""

    ONE_YEAR = "one_year", "1年"
    OTHER = "other", "その他"


class DefinitionChange(TextChoices):
    """What a new version of a definition does to the figures: they go on, or begin anew."""

    REWORDING = "rewording", "言い換え（数字は続く）"
    BREAK = "break", "数え方の変更（ここで区切る）"


class Frequency(TextChoices):
    MONTHLY = "monthly", "毎月"
    QUARTERLY = "quarterly", "四半期ごと（6・9・12・3月）"
    HALF_YEARLY = "half_yearly", "半年ごと（9・3月）"
    YEARLY = "yearly", "年1回"


class Method(TextChoices):
    """How the rate is computed: against the target, or as the way gone from the baseline."""

    TARGET_RATIO = "target_ratio", "目標比"
    BASELINE_RATIO = "baseline_ratio", "基準値比"


class MissingReason(TextChoices):
    UNMEASURABLE = "unmeasurable", "測定不能"
    NOT_APPLICABLE = "not_applicable", "対象外"
    SURVEY_NOT_DONE = "survey_not_done", "調査未実施"
    COUNTING = "counting", "集計中"


class Maturity(TextChoices):
    FINAL = "final", "確定"
    PROVISIONAL = "provisional", "暫定"


class NotJudged(TextChoices):
    """評価対象外: exactly one reason, the first that holds."""

    BEFORE_PLAN = "before_plan", "計画前"
    AFTER_PLAN = "after_plan", "計画終了"
    MEASUREMENT_ENDED = "measurement_ended", "測定終了"
    NO_TARGET_BY_DECISION = "no_target_by_decision", "目標なし"
    NO_TARGET = "no_target", "目標未設定"
    NOT_YET_DUE = "not_yet_due", "測定時期前"
    NOT_ENTERED = "not_entered", "未入力"
    COUNTING = "counting", "集計中"
    NOT_APPLICABLE = "not_applicable", "対象外"
    UNMEASURABLE = "unmeasurable", "測定不能"
    SURVEY_NOT_DONE = "survey_not_done", "調査未実施"
    NOT_COMPUTABLE = "not_computable", "算定不能"
    NO_BASELINE = "no_baseline", "基準値未設定"


class CellState(TextChoices):
    """The states of one cell, never confused with each other."""

    VALUE = "value", "入力済み"
    UNSCHEDULED = "unscheduled", "臨時"
    REASONED = "reasoned", "値なし（理由あり）"
    MISSING = "missing", "未入力"
    NOT_DUE = "not_due", "測定時期前"
    BEFORE_PLAN = "before_plan", "計画前"
    AFTER_PLAN = "after_plan", "計画終了"


ANSWERED = frozenset({CellState.VALUE, CellState.REASONED})
ASKED = ANSWERED | {CellState.MISSING}  # what a month asks for: due, answered or not


class SubmissionState(TextChoices):
    NOT_SUBMITTED = "not_submitted", "未提出"
    SUBMITTED = "submitted", "提出"
    RETURNED = "returned", "差戻し"
    CONFIRMED = "confirmed", "確認済"


# where the department has the next word
WITH_DEPARTMENT = {SubmissionState.NOT_SUBMITTED, SubmissionState.RETURNED}


class ReopeningState(TextChoices):
    REQUESTED = "requested", "申請中"
    ALLOWED = "allowed", "許可"
    REFUSED = "refused", "不許可"
