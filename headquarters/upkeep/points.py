"""要確認 by kind: how many of each are open, and the page on which a kind is settled at once.

A kind is one field of one sort of object (the units of the indicators, the spans of the steps).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse

from headquarters.upkeep.settings import setting_asked_by
from measures.models import OpenPoint


@dataclass(frozen=True)
class OwnPage:
    """The page made for a kind. `anchor`: of a row there, written with its subject.

    `only`: its points are settled there and not in the list.
    """

    view: str
    label: str
    anchor: str = ""
    only: bool = False

    def address(self, subject=None) -> str:
        """The page, at the row of a subject."""
        at = f"#{self.anchor.format(subject)}" if self.anchor and subject is not None else ""
        return f"{reverse(self.view)}{at}"


_DEFINITIONS = OwnPage("kpi:definition_table", "指標の定義表", "d{0.code}")
_ROADMAP = OwnPage("roadmap:setup", "工程の設定")
PAGES = {
    "measure.lead_department": OwnPage("measures:leads", "所管課の表", "m{0.number}", only=True),
    "indicator.unit": _DEFINITIONS,
    "indicator.accumulation": _DEFINITIONS,
    "indicator.frequency": _DEFINITIONS,
    "indicator.baseline_value": _DEFINITIONS,
    "indicator.published": _DEFINITIONS,
    "indicator.targets": OwnPage("kpi:target_table", "年度目標の一覧", "t{0.code}", only=True),
    "step.span": _ROADMAP,
    "measure.roadmap": _ROADMAP,
}


def key_of(point: OpenPoint) -> str:
    """The kind of a point: 「indicator.unit」."""
    return f"{point.subject_type.model}.{point.field}"


@dataclass
class PointKind:
    """One kind with its points, in their order."""

    key: str
    group: str
    points: list[OpenPoint] = field(default_factory=list)
    alone: bool = True

    @property
    def name(self) -> str:
        """What it is called: its group, with the field where the group has several."""
        return self.group if self.alone else f"{self.group}：{self.points[0].field_label}"

    @property
    def open(self) -> list[OpenPoint]:
        """Those still to be settled."""
        return [point for point in self.points if point.settled_at is None]

    @property
    def settled(self) -> list[OpenPoint]:
        """Those that are."""
        return [point for point in self.points if point.settled_at is not None]

    @property
    def page(self) -> OwnPage | None:
        """The page made for it."""
        return PAGES.get(self.key)

    @property
    def setting(self) -> str:
        """The form of the setting that it asks for, or ''."""
        return setting_asked_by(self.points[0])

    @property
    def page_address(self) -> str:
        """Where it is settled at once, beside the list; ''."""
        if self.setting:
            return self.setting
        return self.page.address() if self.page else ""

    @property
    def page_label(self) -> str:
        """What that page is called."""
        if self.setting:
            return "計画のきまり"
        return self.page.label if self.page else ""

    @property
    def elsewhere(self) -> bool:
        """Are its points settled on that page only?"""
        if self.setting:
            return True
        return self.page is not None and self.page.only

    @property
    def own_words(self) -> str:
        """What each of its points says for itself: a note, else words of the plan beside its name;
        '' when all say the same.
        """
        quoted = [point for point in self.points if point.source_text not in point.subject_label]
        if not self.note:
            return "確かめること"
        return "原文" if quoted and not self.source_text else ""

    def same(self, name: str) -> str:
        """What all its points say in a text field of theirs, or ''."""
        texts = {getattr(point, name) for point in self.points}
        return texts.pop() if len(texts) == 1 and len(self.points) > 1 else ""

    @property
    def note(self) -> str:
        """What is to be found out, where it is the same for all."""
        return self.same("note")

    @property
    def source_text(self) -> str:
        """The plan's words, where they are the same for all."""
        return self.same("source_text")


def all_points() -> list[OpenPoint]:
    """All open points, groups and kinds in the order of the set-up. One query."""
    points = list(
        OpenPoint.objects.select_related("settled_by", "subject_type").order_by("group", "order")
    )
    first: dict[str, int] = {}
    for point in points:
        for name in (point.group, key_of(point)):
            first[name] = min(first.get(name, point.order), point.order)
    return sorted(points, key=lambda each: (first[each.group], first[key_of(each)], each.order))


def kinds_of(points: Iterable[OpenPoint]) -> list[PointKind]:
    """The kinds of these points."""
    found: dict[str, PointKind] = {}
    for point in points:
        key = key_of(point)
        found.setdefault(key, PointKind(key, point.group)).points.append(point)
    kinds = list(found.values())
    groups = [kind.group for kind in kinds]
    for kind in kinds:
        kind.alone = groups.count(kind.group) == 1
    return kinds
