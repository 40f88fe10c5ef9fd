"""Reports that were never gathered: nothing in them, or every text and number at its limit."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from foundation.japanese.calendar import month_span
from headquarters.reports.attention import attention
from headquarters.reports.beside_rows import (
    ForecastRow,
    LastYearRow,
    PaceRow,
    PlanProgressRow,
)
from headquarters.reports.model import FORMAT_VERSION, MonthlyReport
from headquarters.reports.rows import (
    BandRow,
    Change,
    IndicatorRow,
    MeasureRow,
    MilestoneRow,
    MonthCell,
    PolicyRow,
    ReviewRow,
    Since,
    StepRow,
    TargetRow,
)
from headquarters.reports.stored import dump, parse

MARCH = date(2027, 3, 1)
BIG = Decimal("-999999999.9")
LINES = "\n".join(f"行{number}" for number in range(400))
BANDS = tuple(
    BandRow(letter, name, Decimal(rate) if rate else None)
    for letter, name, rate in (
        ("A", "順調", "100"),
        ("B", "おおむね順調", "80"),
        ("C", "やや遅れ", "60"),
        ("D", "遅れ", ""),
    )
)


def long(what: str, length: int) -> str:
    """A text of this length whose every part can be told from the others."""
    text, number = what, 0
    while len(text) < length:
        number += 1
        text += f"{number}番目の文、"
    return text[:length]


def empty() -> MonthlyReport:
    """A month of a plan in which nothing stands yet."""
    return MonthlyReport(
        format_version=FORMAT_VERSION,
        made_as=FORMAT_VERSION,
        plan="計画",
        municipality="町",
        municipality_code="464627",
        month=MARCH,
        as_of=date(2027, 3, 31),
        runs=False,
        fiscal_year=2026,
        edition=None,
        made_at=datetime(2027, 4, 12, tzinfo=UTC),
        closed_by="",
        sample=False,
        open_points=0,
        bands=BANDS,
        policies=(),
        measures=(),
        indicators=(),
        steps=(),
        attention=(),
        departments=(),
        reviews=(),
        since=None,
        closed_as=None,
        based_on="",
        revision=None,
    )


def _cell(month: date, number: int) -> MonthCell:
    missing = number % 5 == 3
    return MonthCell(
        month=month,
        state="値なし（理由あり）" if missing else "入力済み",
        value=None if missing else BIG,
        numerator=None,
        denominator=None,
        figure=None if missing else BIG,
        missing_reason="調査未実施" if missing else "",
        maturity="" if missing else ("暫定", "確定")[number % 2],
        as_of=month,
        note=LINES,
        public_note="",
        target=None,
        actual=None if missing else BIG,
        expectation=BIG,
        judged_until=month,
        rate=BIG,
        grade="D",
        not_judged="",
        last_year=BIG,
        lower=None,
        upper=None,
        version=1,
        actual_maturity="暫定",
    )


def _target(year: int, wide: bool) -> TargetRow:
    return TargetRow(
        fiscal_year=year,
        value=None if wide else -BIG,
        lower=Decimal("60") if wide else None,
        upper=Decimal("80") if wide else None,
        midyear=None,
        version=1,
        none=False,
        from_month=None,
        reason="",
        decided_on=None,
        decided_where="",
    )


def _indicator(measure: int, number: int, cells: tuple[MonthCell, ...]) -> IndicatorRow:
    code = f"{measure}-{number}"
    return IndicatorRow(
        id=None,
        code=code,
        name=long(f"指標{code}の", 100),
        measure=measure,
        unit="十文字の長い単位である"[:10],
        decimals=1,
        kind="数値",
        direction="増加",
        counting="分子・分母をそれぞれ合計して割ります。数え方の変更があります。",
        frequency="毎月",
        method="目標比",
        formula="",
        numerator_label="",
        numerator_unit="",
        denominator_label="",
        denominator_unit="",
        department=long("所管課", 50),
        department_id=None,
        source="",
        baseline_value=BIG,
        published=True,
        targets=tuple(_target(year, number == 1) for year in range(2026, 2030)),
        revisions=(),
        breaks=(),
        months=cells,
        state="value",
        actual=BIG,
        actual_of=None,
        actual_maturity="暫定",
        uncomputed="",
        judged_until=cells[-1].month,
        expectation=BIG,
        target=None,
        lower=None,
        upper=None,
        rate=BIG,
        grade="D",
        not_judged="",
        phase="年度評価",
        sentence=long(f"{code}の事実", 200),
        first_target=None,
        beside="",
        by_target=False,
        submission="確認済",
        forecast=ForecastRow(
            month=MARCH,
            figure=BIG,
            numerator=None,
            denominator=None,
            reason=long(f"見込{code}の理由", 300),
            said_on=MARCH,
            rate=BIG,
            reached=False,
            words="目標の▲999,999,999.9％（見込）",
        ),
        pace=PaceRow(BIG, long(f"計算{code}", 100), BIG, False, "目標に届く見込"),
        last_year=LastYearRow(MARCH, True, BIG, -BIG),
        plan_progress=PlanProgressRow(BIG, Decimal("25"), ""),
        note=(LINES, long(f"メモ{code}の", 1000))[number % 2],
    )


def _milestone(step: str, number: int) -> MilestoneRow:
    return MilestoneRow(
        id=None,
        name=long(f"節目{step}の{number}の", 100),
        state="実施中",
        kind="late",
        original_on=date(2026, 10, 1),
        approved_on=date(2026, 12, 1),
        forecast_on=date(2027, 6, 1),
        completed_on=None,
        late=True,
        days_late=120,
        slipping=False,
        stale=False,
        is_due=True,
        slip=182,
        postponements=3,
        sentence=long("遅れの事実", 120),
        reason=long(f"延期{step}の{number}の理由", 300),
        comment="",
    )


def _step(measure: int, number: int, milestones: int) -> StepRow:
    name = f"{measure}の{number}"
    return StepRow(
        id=None,
        measure=measure,
        name=long(f"工程{name}の", 100),
        recurrence="なし",
        first_month=date(2026, 4, 1),
        last_month=date(2030, 3, 1),
        actual_start=None,
        actual_end=None,
        kind="late",
        state="遅延 4",
        department=long("所管課", 50),
        department_id=None,
        milestones=tuple(_milestone(name, each) for each in range(milestones)),
    )


def _measure(number: int) -> MeasureRow:
    return MeasureRow(
        id=None,
        number=number,
        name=long(f"施策{number}の名は", 100),
        policy=1 + number % 4,
        department=long(f"施策{number}の課", 50),
        department_id=None,
        verdict="D",
        why=long(f"判定{number}の理由", 300),
        roadmap_kind="late",
        roadmap_state="遅延 12",
        summary=long(f"概要{number}", 1000),
        current_issues=long(f"現状{number}", 1000),
        initiatives=LINES,
        kpi_text="",
        roadmap_text="",
    )


def _review(measure: int) -> ReviewRow:
    return ReviewRow(
        measure=measure,
        cycle="令和8年度 年度末（3月末時点）",
        as_of=MARCH,
        state="本部評価済",
        plan_text=long(f"計画{measure}", 2000),
        done_text=long(f"実績{measure}", 2000),
        analysis=LINES,
        next_action=long(f"対応{measure}", 2000),
        next_direction="拡充",
        self_grade="C",
        self_grade_reason=long(f"違い{measure}", 300),
        headquarters_grade="D",
        headquarters_comment=long(f"本部{measure}", 300),
    )


def worst(*, measures: int = 10, steps: int = 3, milestones: int = 4) -> MonthlyReport:
    """Every text at its limit, 400 lines, numbers of nine digits with sign and decimals."""
    cells = tuple(
        _cell(month, number) for number, month in enumerate(month_span(date(2026, 4, 1), MARCH))
    )
    numbers = range(1, measures + 1)
    indicators = tuple(_indicator(each, n, cells) for each in numbers for n in (1, 2))
    rows = tuple(_step(each, n, milestones) for each in numbers for n in range(1, steps + 1))
    changes = (Change("値の説明", long("変更の対象", 110), LINES, LINES),) * 40
    return replace(
        empty(),
        plan=long("とても長い計画の名", 100),
        municipality=long("町", 50),
        sample=True,
        policies=tuple(PolicyRow(each, long(f"方針{each}の", 100)) for each in range(1, 5)),
        measures=tuple(map(_measure, numbers)),
        indicators=indicators,
        steps=rows,
        attention=attention(indicators, rows, date(2027, 4, 10)),
        reviews=tuple(map(_review, numbers)),
        since=Since("第1版", changes, LINES),
        edition=2,
        closed_by="事務局",
    )


def usual() -> MonthlyReport:
    """The same in usual measure: texts of a sentence, numbers of a few digits."""
    report: MonthlyReport = parse(json.dumps(_moderate(json.loads(dump(worst(milestones=1))))))
    return replace(report, since=None)


def _moderate(data):
    if isinstance(data, dict):
        return {key: _moderate(each) for key, each in data.items()}
    if isinstance(data, list):
        return [_moderate(each) for each in data][:40]
    if isinstance(data, str):
        return data.replace("999999999.9", "1234.5").replace("\n", "、")[:40]
    return data
