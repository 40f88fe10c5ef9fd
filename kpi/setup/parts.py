"""The parts in which the form of an indicator's definition is laid out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of the form: its heading, its boxes side by side, a sentence on it.

    `key` names it for the style sheet, which shows 分子・分母 for ratios alone.
    """

    key: str
    title: str
    names: tuple[str, ...]
    lead: str = ""


PARTS = (
    Part("counting", "数え方", ("unit", "decimals", "kind", "accumulation", "method")),
    Part(
        "ratio",
        "分子・分母",
        (
            "numerator_label",
            "numerator_unit",
            "denominator_label",
            "denominator_unit",
            "numerator_source",
        ),
    ),
    Part("aim", "目指す方向", ("direction", "lower", "upper")),
    Part("time", "測定の時期", ("frequency", "due_month", "measured_from", "measured_until")),
    Part("allowed", "入力の確かめ方", ("may_be_negative", "may_exceed_100", "is_survey")),
    Part("source", "算出方法と出典", ("formula_text", "data_source")),
    Part("baseline", "基準値", ("baseline_value", "baseline_fiscal_year", "baseline_span")),
    Part("owner", "入力課と公表", ("department", "published")),
    Part(
        "change",
        "この変更について",
        ("from_month", "change", "reason"),
        "実績がある指標の数え方を変えるときに入力します。",
    ),
)
