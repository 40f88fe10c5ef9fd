"""The sheets of 計画の様式 in their order, each with its columns and what is said of them."""

from django.db.models import TextChoices

from headquarters.upkeep.plan_form.columns import FormColumn, FormSheet, column
from headquarters.upkeep.plan_form.values import Choice, Code, Day, Hour, Month, Number, Text, Year
from kpi.models import Definition, Indicator, Target
from measures.models import (
    BasicPolicy,
    EditorialNote,
    Measure,
    OpenPoint,
    Plan,
    PlanSection,
    TownStatistic,
)
from roadmap.models import Step

LETTERS = ("A", "B", "C", "D")
HIGHEST_RATE = 200
LAST_DAY = 28
NAME_OF_BAND = 10
NAME_ALONE = "name_alone"  # shown beside a number, and not loaded
ORDER = Number(whole=True, least=1, highest=9999)


class Subject(TextChoices):
    """What an open point is about."""

    PLAN = "plan", "計画"
    POLICY = "policy", "基本方針"
    MEASURE = "measure", "施策"
    INDICATOR = "indicator", "指標"
    STATISTIC = "statistic", "まちの現状"
    STEP = "step", "工程"


class Place(TextChoices):
    """Beside what an editorial note stands."""

    SECTION = "section", "本文"
    MEASURE = "measure", "施策"


def choice_column(name: str, header: str, choices: type[TextChoices], **given) -> FormColumn:
    """A column of a closed list that no field keeps."""
    pairs = tuple((str(code), str(label)) for code, label in choices.choices)
    return FormColumn(name, header, Choice(pairs), required=True, **given)


def _bands() -> tuple[FormColumn, ...]:
    """評価区分: a name for each letter, and the rate from which it is given (D: the rest)."""
    found = []
    for letter in LETTERS:
        found.append(
            FormColumn(
                f"grade_{letter}",
                f"評価{letter}の名前",
                Text(NAME_OF_BAND),
                help="空欄のときは、初めの値（A 順調、B 概ね順調、C やや遅れ、D 遅れ）",
            )
        )
        if letter != LETTERS[-1]:
            found.append(
                FormColumn(
                    f"from_{letter}",
                    f"評価{letter}の下限（％）",
                    Number(places=1, least=0, highest=HIGHEST_RATE),
                    help="達成率がこの値以上。空欄のときは、初めの値（A 100、B 80、C 50）",
                )
            )
    return tuple(found)


PLAN = FormSheet(
    "計画",
    "計画そのものと、評価区分・提出期限です。「内容」の列に入力します。",
    (
        column(Plan, "title", help="画面・Excel・公表版に、この名前で出ます"),
        column(Plan, "municipality"),
        column(Plan, "municipality_code", help="6桁（検査数字を含む）。公表版に出ます"),
        column(Plan, "adopted_on", value=Month(), help="例：R12.3"),
        column(Plan, "first_fiscal_year", header="初年度", value=Year(), help="例：R12"),
        column(Plan, "last_fiscal_year", header="最終年度", value=Year(), help="例：R15"),
        column(Plan, "parent_plan", required=False, help="なければ空欄"),
        column(Plan, "parent_goal", required=False, help="なければ空欄"),
        column(Plan, "vision", required=False, help="なければ空欄"),
        column(Plan, "headquarters", help="推進本部の名前"),
        column(
            Plan,
            "headquarters_members",
            required=False,
            help="例：本部長（町長）・副本部長（副町長）・委員（課長等）",
        ),
        column(Plan, "secretariat", help="問い合わせ先として画面に出る課・係の名前"),
        column(Plan, "management", required=False),
        column(Plan, "revision_rule", required=False),
        *_bands(),
        FormColumn(
            "deadline_day",
            "提出期限（翌月の日）",
            Number(whole=True, least=1, highest=LAST_DAY),
            help="空欄のときは10日",
        ),
        FormColumn("deadline_hour", "提出期限の時刻", Hour(), help="空欄のときは17:15"),
    ),
)
POLICIES = FormSheet(
    "基本方針",
    "1行に1つ。番号は計画書のとおりに付けます。",
    (
        column(BasicPolicy, "number", 8, value=ORDER),
        column(BasicPolicy, "name", 44),
        column(BasicPolicy, "target", 14, help="分からないときは空欄"),
        column(BasicPolicy, "effect", 44, required=False),
    ),
    ("number",),
)
MEASURES = FormSheet(
    "施策",
    "個別施策を1行に1つ。計画書の文をそのまま入れます（1つのセルの中で改行できます）。",
    (
        column(Measure, "number", 8, value=ORDER),
        FormColumn("policy", "基本方針の番号", ORDER, 10, "「基本方針」の番号", required=True),
        column(Measure, "name", 24, help="画面に出す名称"),
        column(Measure, "source_text", 24, help="計画書の名称。画面の名称と同じでもよい"),
        column(Measure, "summary", 44),
        column(Measure, "current_issues", 44),
        column(Measure, "initiatives", 44),
        column(Measure, "kpi_text", 30),
        column(Measure, "roadmap_text", 44),
    ),
    ("number",),
    frozen=3,
)
SECTIONS = FormSheet(
    "本文",
    "「計画を読む」に出る計画書の文です。1行が1つの節で、並び順のとおりに出ます。",
    (
        column(PlanSection, "order", 8, value=ORDER, help="10、20、30 のように間をあける"),
        column(PlanSection, "chapter", 6, value=ORDER),
        column(PlanSection, "chapter_title", 24),
        column(PlanSection, "heading", 30, help="節の見出し。なければ空欄"),
        column(PlanSection, "body", 110),
    ),
    ("order",),
)
NOTES = FormSheet(
    "補記",
    "計画書の文はそのまま残し、誤りや読み方を横に添えます。なければ空のままにします。",
    (
        column(
            EditorialNote,
            "code",
            18,
            value=Text(40),
            help="ほかと重ならない英数字とハイフン（例：kitei-1）",
        ),
        choice_column("place", "場所", Place, width=10),
        FormColumn(
            "key", "並び順・番号", ORDER, 12, "本文の並び順、または施策の番号", required=True
        ),
        column(EditorialNote, "quote", 40),
        column(EditorialNote, "note", 60),
    ),
    ("code",),
)
STATISTICS = FormSheet(
    "まちの現状",
    "「まちの現状」に出る統計です。計画書にある数値だけを入れます。なければ空のままにします。",
    (
        column(TownStatistic, "order", 8, value=ORDER),
        column(TownStatistic, "group", 20),
        column(TownStatistic, "series", 34, help="同じ名前の行を1本の線につなぎます"),
        column(TownStatistic, "year", 10, value=Number(whole=True, least=1868, highest=2200)),
        column(TownStatistic, "value", 12),
        column(TownStatistic, "decimals", 8, value=Number(whole=True, highest=2)),
        column(TownStatistic, "unit", 8),
        column(TownStatistic, "source", 34),
        column(TownStatistic, "note", 40),
    ),
    ("order",),
)
INDICATORS = FormSheet(
    "指標",
    "KPIを1行に1つ、画面に並べる順に入れます。計画書で決まっていないことは空欄にします。",
    (
        column(Indicator, "code", 8, value=Code(), help="施策の番号-何番目か（例：1-1）"),
        FormColumn("measure", "施策の番号", ORDER, 8, "「施策」の番号", required=True),
        column(Indicator, "name", 30),
        column(Indicator, "source_text", 30, required=False, help="計画書の文言"),
        column(Definition, "unit", 8, help="例：件、％"),
        column(Definition, "decimals", 7, value=Number(whole=True, highest=4)),
        column(Definition, "kind", 8, help="割合は、分子÷分母で計算します"),
        column(Definition, "numerator_label", 20, help="種類が割合のときだけ"),
        column(Definition, "numerator_unit", 8),
        FormColumn(
            "numerator_source",
            "分子にする指標",
            Code(),
            8,
            "分子がほかの指標の値のときだけ、その番号",
        ),
        column(Definition, "denominator_label", 20, help="種類が割合のときだけ"),
        column(Definition, "denominator_unit", 8),
        column(Definition, "direction", 8, help="少ないほど良い指標は「減少」か「ゼロ」"),
        column(Definition, "accumulation", 18),
        column(Definition, "frequency", 18),
        column(Definition, "due_month", 8, value=Number(whole=True, least=1, highest=12)),
        column(Definition, "measured_from", 9, value=Month(), help="例：R12.10"),
        column(Definition, "measured_until", 9, value=Month(), help="例：R14.3"),
        column(Definition, "method", 12),
        column(Definition, "may_be_negative", 9),
        column(Definition, "may_exceed_100", 12),
        column(Definition, "is_survey", 9),
        column(Definition, "formula_text", 34),
        column(Definition, "data_source", 20),
        column(Definition, "baseline_value", 10),
        column(Definition, "baseline_fiscal_year", 9, header="基準年度", value=Year()),
        column(Definition, "baseline_span", 9),
        column(Indicator, "published", 8, help="公表版に載せる指標"),
    ),
    ("code",),
    frozen=3,
)
TARGETS = FormSheet(
    "年度目標",
    "指標と年度ごとに1行。目標値か、範囲なら下限・上限を入れます。決まっていない行は空のままにします。",
    (
        FormColumn("code", "指標の番号", Code(), 9, "「指標」の番号（例：1-1）", required=True),
        FormColumn(NAME_ALONE, "指標名（参考）", Text(100), 30, "読み込みには使いません"),
        column(Target, "fiscal_year", 8, header="年度", value=Year(), help="例：R12"),
        column(Target, "value", 12),
        column(Target, "lower", 10),
        column(Target, "upper", 10),
        column(Target, "midyear_value", 12),
        column(Target, "none", 12, help="置かないと決めた年度だけ「はい」"),
        column(Target, "rationale", 34),
        column(Target, "reason", 30, header="置かない理由", help="目標を置かないときだけ"),
        column(Target, "decided_on", 11, value=Day(), help="例：R12.3.20"),
        column(Target, "decided_where", 24),
    ),
    ("code", "fiscal_year"),
    frozen=3,
)
STEPS = FormSheet(
    "工程表",
    "工程を1行に1つ。期間が決まっていないものは、開始月と終了月を空欄にします。",
    (
        FormColumn("measure", "施策の番号", ORDER, 8, "「施策」の番号", required=True),
        column(Step, "order", 8, value=ORDER, help="施策の中の順（1から）"),
        column(Step, "name", 40),
        column(Step, "source_text", 40, help="計画書の文言"),
        column(Step, "recurrence", 10),
        column(Step, "first_month", 10, value=Month(), help="例：R12.4"),
        column(Step, "last_month", 10, value=Month(), help="例：R13.3"),
    ),
    ("measure", "order"),
    frozen=3,
)
POINTS = FormSheet(
    "要確認",
    "計画書で決まっていないことの一覧です。読み込んだ後、画面で1件ずつ確かめます。"
    "なければ空のままにします。",
    (
        column(OpenPoint, "order", 8, value=Number(whole=True, highest=9999)),
        choice_column("subject", "対象の種類", Subject, width=11),
        FormColumn(
            "key",
            "対象の番号",
            Text(80),
            22,
            "番号（工程は 施策-順、統計は系列の名前、計画は空欄）",
        ),
        column(
            OpenPoint,
            "field",
            18,
            help="項目の記号。施策：lead_department、roadmap　指標：unit、accumulation、frequency、"
            "formula_text、baseline_value、targets、published　工程：span、name　"
            "計画：bands、deadlines　基本方針：target",
        ),
        column(OpenPoint, "field_label", 22),
        column(OpenPoint, "group", 18),
        column(OpenPoint, "provenance", 9),
        column(OpenPoint, "source_text", 34),
        column(OpenPoint, "proposal", 22),
        column(OpenPoint, "note", 50),
    ),
    ("subject", "key", "field"),
)
SHEETS = (
    PLAN,
    POLICIES,
    MEASURES,
    SECTIONS,
    NOTES,
    STATISTICS,
    INDICATORS,
    TARGETS,
    STEPS,
    POINTS,
)
