"""計画改定（基準版）: named, immutable pictures of the approved dates.

Only a decision makes one (docs/rules.md §6), for exactly the milestones and steps that it names;
everything else keeps what was approved. One that was recorded by mistake is taken back by a row
of its own (`roadmap.withdrawing`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import wareki_short
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, record_change
from foundation.records.once import refuse_twin
from foundation.records.seen import wait_in_line
from roadmap.choices import MilestoneState
from roadmap.models import Baseline, BaselineEntry, Milestone, Step
from roadmap.moved import Span, span_of, span_words

FIRST_NAME = "計画策定時"
MOVED_MEANWHILE = (
    "画面を開いた後に、承認された期日が変わりました。何も記録していません。"
    "いまの期日を確かめて、もう一度押してください。"
)
SAME_DAY = "いまと同じ期日です。変えない行の印を外してください。"


def newest_of(baselines: Iterable[Baseline]) -> Baseline | None:
    """The one in force, out of all with how they were taken back; None without one."""
    standing = [row for row in baselines if not hasattr(row, "withdrawal")]
    return max(standing, key=lambda row: row.number, default=None)


def next_name(number: int) -> str:
    """The usual name of the next baseline."""
    return FIRST_NAME if number == 1 else f"第{number - 1}回改定"


@dataclass(frozen=True)
class Approved:
    """What is approved now: {milestone id: day}, {step id: span} of the baselines that stand."""

    dates: dict[int, date] = field(default_factory=dict)
    spans: dict[int, Span] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Approved":
        """One query."""
        dates: dict[int, date] = {}
        spans: dict[int, Span] = {}
        for entry in BaselineEntry.objects.standing():
            if entry.milestone_id:
                dates.setdefault(entry.milestone_id, entry.due_on)
            else:
                spans.setdefault(entry.step_id, (entry.first_month, entry.last_month))
        return cls(dates, spans)

    def date_of(self, milestone: Milestone) -> date:
        """The approved date of a milestone."""
        return self.dates.get(
            milestone.pk,
            milestone.planned_on,
        )

    def span_of(self, step: Step) -> Span | None:
        """The approved span of a step; of one that no baseline holds its own."""
        return self.spans.get(step.pk) or span_of(step)


@dataclass(frozen=True)
class Moves:
    """What a decision moves: {milestone id: new day} and {step id: new span}.

    `seen`: {"m12": approved day, "s3": span}, in words, as the person saw them (None: any).
    """

    dates: Mapping[int, date] = field(default_factory=dict)
    spans: Mapping[int, Span] = field(default_factory=dict)
    seen: Mapping[str, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.dates or self.spans)


def _check(newest, approved_on, decision, on):
    errors = {}
    if not decision:
        errors["decision"] = (
            "決定の記録（会議名、決定日など）を入力してください。決定がなければ計画は変えられません。"
        )
    if approved_on > on:
        errors["approved_on"] = "承認日に先の日付は入力できません。"
    elif newest and approved_on < newest.approved_on:
        errors["approved_on"] = (
            f"「{newest}」（{wareki_short(newest.approved_on)}承認）より後の日にしてください。"
        )
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def create_baseline(
    *,
    by,
    plan,
    name: str,
    approved_on: date,
    decision: str,
    on: date | None = None,
    dates: Mapping[int, date] | None = None,
    spans: Mapping[int, Span] | None = None,
    seen: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Baseline:
    """A new baseline with the date of every milestone that is not cancelled and every known span.

    `dates`, `spans`: what the decision moves (`Moves`); all others keep what was approved. A step
    whose span moves has it from now on. `on`: today. Raises PermissionDenied, ValidationError
    ({field: sentence}; m12, s3: the row).
    """
    at = moment(at)
    if by is not None:
        require(by, Permission.DECIDE)
    wait_in_line()
    moves = Moves(dates or {}, spans or {}, seen)
    newest = Baseline.objects.filter(plan=plan).newest()
    decision_days(on or local_day(at)).check(approved_on, "approved_on")
    _check(newest, approved_on, decision, on or approved_on)
    refuse_twin(Baseline.objects.standing().filter(plan=plan, name=name), "基準版（名称）", "name")
    row = Baseline(
        plan=plan,
        number=_next_number(plan),
        name=name,
        approved_on=approved_on,
        decision=decision,
        created_by=by,
        created_at=at,
    )
    row.full_clean(exclude=["created_by"])
    row.save()
    entries = _milestone_entries(row, moves, at) + _step_entries(row, moves, at)
    BaselineEntry.objects.bulk_create(entries)
    _set_spans(by, row, moves, at)
    record_change(
        by=by,
        action="roadmap.baseline",
        subject=row,
        before={},
        reason=decision,
        after={"名称": name, "承認日": approved_on, **_told(entries)},
        at=at,
    )
    return row


def _next_number(plan) -> int:
    """Numbers are never used twice, also not that of a baseline that was taken back."""
    last = Baseline.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0

    return last + 1


def _told(entries: list[BaselineEntry]) -> dict:
    """What the history says of them: how many, and what moved from where to where."""
    moved = [f"{entry.name} {entry.moved_words}" for entry in entries if entry.has_moved]
    return {"件数": len(entries), **({"変えた期日": "、".join(moved)} if moved else {})}


def _refuse_unseen(moves: Moves, key: str, now: str) -> None:
    if moves.seen is not None and moves.seen.get(key) != now:
        raise ValidationError(MOVED_MEANWHILE, code="moved")


def _milestone_entries(row: Baseline, moves: Moves, at: datetime) -> list[BaselineEntry]:
    milestones = list(
        Milestone.objects.as_of(row.approved_on, known_by=local_day(at))
        .filter(step__measure__policy__plan=row.plan)
        .exclude(state=MilestoneState.CANCELLED)
        .select_related("step")
    )
    if set(moves.dates) - {item.pk for item in milestones}:
        raise ValidationError(
            "中止または別の計画のマイルストーンが含まれています。画面を読み込み直してください。"
        )
    approved = Approved.now()
    return [
        _milestone_entry(
            row,
            item,
            approved.date_of(item),
            moves,
            at,
        )
        for item in milestones
    ]


def _milestone_entry(
    row: Baseline, item: Milestone, before: date, moves: Moves, at: datetime
) -> BaselineEntry:
    day = moves.dates.get(item.pk)
    if day is not None:
        _refuse_unseen(moves, f"m{item.pk}", wareki_short(before))
        row.plan.months.forecast_days.check(day, f"m{item.pk}")
        if day == before:
            raise ValidationError({f"m{item.pk}": SAME_DAY})
    return BaselineEntry(
        baseline=row,
        milestone=item,
        due_on=day or before,
        due_before=before if day else None,
        added_at=at,
    )


def _step_entries(row: Baseline, moves: Moves, at: datetime) -> list[BaselineEntry]:
    steps = list(Step.objects.on(row.approved_on).filter(measure__policy__plan=row.plan))
    if set(moves.spans) - {step.pk for step in steps}:
        raise ValidationError("終了した工程が含まれています。画面を読み込み直してください。")
    approved = Approved.now()
    entries = [_step_entry(row, step, approved.span_of(step), moves, at) for step in steps]
    return [entry for entry in entries if entry is not None]


def _step_entry(
    row: Baseline, step: Step, approved: Span | None, moves: Moves, at: datetime
) -> BaselineEntry | None:
    """What the baseline says of a step; None of one whose span is not known yet."""
    span, before = moves.spans.get(step.pk), span_of(step)
    if span is not None:
        if before is None:
            raise ValidationError({f"s{step.pk}-first": "期間が未設定です。先に期間を設定します。"})
        _refuse_unseen(
            moves,
            f"s{step.pk}",
            span_words(before),
        )
        _check_span(row, step, span)
        if span == before == approved:
            raise ValidationError({f"s{step.pk}-last": SAME_DAY})
    kept = span or approved
    if kept is None:
        return None
    first_before, last_before = (before or (None, None)) if span else (None, None)

    return BaselineEntry(
        baseline=row,
        step=step,
        first_month=kept[0],
        last_month=kept[1],
        first_before=first_before,
        last_before=last_before,
        added_at=at,
    )


def _check_span(row: Baseline, step: Step, span: Span) -> None:
    if span[1] < span[0]:
        raise ValidationError({f"s{step.pk}-last": "終了月は開始月以後にしてください。"})
    for name, month in (("first", span[0]), ("last", span[1])):
        if month not in row.plan.months:
            sentence = f"計画期間（{row.plan.months}）の中の月にしてください。"
            raise ValidationError({f"s{step.pk}-{name}": sentence})


def _set_spans(by, row: Baseline, moves: Moves, at: datetime) -> None:
    """The steps whose span the decision moved have it from now on."""
    for step in Step.objects.filter(pk__in=moves.spans).select_related("measure"):
        move_span(by, step, moves.spans[step.pk], f"「{row}」で承認", at)


def move_span(by, step: Step, span: Span | None, reason: str, at: datetime) -> None:
    """Give a step a span, with its record; nothing when it has it already."""
    before = span_of(step)
    if span == before:
        return
    step.first_month, step.last_month = span or (None, None)
    step.full_clean(exclude=["measure", "department"])
    step.save(update_fields=["first_month", "last_month"])
    record_change(
        by=by,
        action="roadmap.define",
        subject=step,
        label=f"{step.measure} {step}",
        before={"期間": span_words(before)},
        after={"期間": span_words(span)},
        reason=reason,
        at=at,
    )
