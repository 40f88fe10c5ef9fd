"""The form of one cell.

Typed text is kept when it is wrong; the definition says what may be typed.
"""

import unicodedata
from functools import lru_cache

from django import forms
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from foundation.japanese.fields import JapaneseDateField, JapaneseDecimalField
from foundation.japanese.numbers import format_plain
from kpi.choices import Kind, Maturity, MissingReason
from kpi.rules.checks import Entry

TWO_ANSWERS = "数字と「値なしの理由」、または2つの理由があります。どれか1つにしてください。"
ANSWER_CHOICES = [
    *Maturity.choices,
    ("値なしの理由", list(MissingReason.choices)),
]


LONGEST_WORD = 20


@lru_cache(maxsize=64)
def _answers(chosen: str) -> SafeString:
    """They are alike for every row in which this is chosen."""
    values = {"choices": ANSWER_CHOICES, "chosen": chosen}
    return mark_safe(get_template("kpi/_answers.html").render(values))  # noqa: S308


def reason_said(text: str) -> MissingReason | None:
    """The missing reason that a text names (「対象外」, full or half width), or None."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_WORD]).strip()
    return next((reason for reason in MissingReason if reason.label == plain), None)


class NumberOrReasonField(JapaneseDecimalField):
    """A number box that also takes a missing reason's word; cleans to Decimal, reason or None."""

    def to_python(self, value):
        return reason_said(str(value or "")) or super().to_python(value)


class EntryForm(forms.Form):
    """Value, or numerator and denominator, or a missing reason; comment; the version that was
    seen.

    `answer` is 確定・暫定 or one of the reasons why there is no value. All rows of the grid stand
    in one page form, so the names carry the indicator's code as prefix. `full`: with 測定時点 and
    公表用の文, for the page of one cell.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    answer = forms.ChoiceField(label="区分・値なしの理由", choices=ANSWER_CHOICES)
    note = forms.CharField(label="コメント（内部）", required=False, max_length=1000)
    follow_up = forms.BooleanField(label="後で確認", required=False)
    reason = forms.CharField(label="直す理由", required=False, max_length=300)

    def __init__(self, definition, data=None, *, stored=None, full=False):
        self.definition, self.stored, self.full = definition, stored, full
        super().__init__(data, initial=self._initial(stored), prefix=definition.indicator.code)
        for name, unit in self._boxes():
            box = NumberOrReasonField(unit=unit, allow_negative=True, required=False)
            box.said = self._said()[name]
            self.fields[name] = box
        if full:
            self._add_details()

    def _add_details(self):
        labels = {
            "value": f"値（{self.definition.unit}）",
            "numerator": f"分子：{self.definition.numerator_label}",
            "denominator": f"分母：{self.definition.denominator_label}",
        }
        for name, _ in self._boxes():
            self.fields[name].label = labels[name]
        self.fields["note"].widget = forms.Textarea(attrs={"rows": 3})
        self.fields["as_of"] = JapaneseDateField(
            label="測定時点", required=False, help_text="月末以外の日に測ったときだけ"
        )
        self.fields["public_note"] = forms.CharField(
            label="公表用の文",
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="公表する資料に載ります。コメント（内部）は載りません。",
        )
        order = [name for name, _ in self._boxes()]
        self.order_fields(
            [
                *order,
                "answer",
                "as_of",
                "note",
                "public_note",
                "follow_up",
                "reason",
                "seen_version",
            ]
        )

    def _said(self):
        """What a screen reader says of each number box, after name and month."""
        return {
            "value": "の値",
            "numerator": f" 分子（{self.definition.numerator_label}）",
            "denominator": f" 分母（{self.definition.denominator_label}）",
        }

    def _boxes(self):
        if self.definition.kind == Kind.RATIO:
            denominator = ("denominator", self.definition.denominator_unit)
            if self.definition.numerator_words:  # the numerator is read, not typed
                return (denominator,)
            return (("numerator", self.definition.numerator_unit), denominator)
        return (("value", self.definition.unit),)

    @staticmethod
    def _initial(stored):
        if stored is None:
            return {"seen_version": 0, "answer": Maturity.FINAL}
        return {
            "seen_version": stored.version,
            "answer": stored.missing_reason or stored.maturity,
            "note": stored.note,
            "value": stored.value,
            "numerator": stored.numerator,
            "denominator": stored.denominator,
            "follow_up": stored.follow_up,
            "as_of": stored.as_of,
            "public_note": stored.public_note,
        }

    def clean(self):
        """A reason's word in a number box sets the reason; a number typed into a row with a reason
        sets the number. What a person chose in both places and does not agree is refused.
        """
        super().clean()
        cleaned = self.cleaned_data
        typed = {name: cleaned.get(name) for name, _ in self._boxes() if name in cleaned}
        words = {name: row for name, row in typed.items() if isinstance(row, MissingReason)}
        kept = self.stored.missing_reason if self.stored else ""
        if words:
            self._take_reason(cleaned, words, typed)
        elif cleaned.get("answer") == kept and any(row is not None for row in typed.values()):
            cleaned["answer"] = Maturity.FINAL
        return cleaned

    def _take_reason(self, cleaned, words, typed):
        """`words`: {box: reason} as typed; a number that stood there before gives way."""
        reasons = set(words.values())
        chosen = cleaned.get("answer")
        first = self._initial(self.stored)
        if chosen in MissingReason.values and chosen != first["answer"]:
            reasons.add(MissingReason(chosen))
        numbers = {name: typed[name] for name in typed.keys() - words.keys()}
        new = [name for name, row in numbers.items() if row not in (None, first.get(name))]
        if len(reasons) > 1 or new:
            self.add_error(next(iter(words)), TWO_ANSWERS)
            return
        cleaned["answer"] = reasons.pop()
        cleaned.update(dict.fromkeys(typed))

    @property
    def boxes(self):
        """The number fields in order, bound."""
        return [self[name] for name, _ in self._boxes()]

    @property
    def answers(self) -> SafeString:
        """The options of `answer`, with what is chosen or was sent."""
        return _answers(str(self["answer"].value() or ""))

    @property
    def was(self) -> str:
        """What the row shows when the page is made.

        Posted back by the one-button form to tell which rows were touched.
        """
        first = self._initial(self.stored)
        numbers = [first.get(name) for name, _ in self._boxes()]
        shown = [
            "" if number is None else format_plain(number).replace("−", "-") for number in numbers
        ]
        return "|".join(
            [*shown, first["answer"], first.get("note", ""), "on" if first.get("follow_up") else ""]
        )

    @property
    def touched(self) -> bool:
        """Did the person change this row of the one-button form?"""
        names = [name for name, _ in self._boxes()]
        typed = [
            self.data.get(self.add_prefix(name), "")
            for name in (*names, "answer", "note", "follow_up")
        ]

        return (
            self.add_prefix("was") in self.data
            and "|".join(typed) != self.data[self.add_prefix("was")]
        )

    @property
    def entry(self) -> Entry:
        """The cleaned input as the action takes it; what the form does not show stays as stored."""
        cleaned, stored = self.cleaned_data, self.stored
        missing = cleaned["answer"] if cleaned["answer"] in MissingReason.values else ""
        kept = (
            cleaned
            if self.full
            else {"as_of": stored.as_of, "public_note": stored.public_note}
            if stored
            else {}
        )
        return Entry(
            value=cleaned.get("value"),
            numerator=cleaned.get("numerator"),
            denominator=cleaned.get("denominator"),
            missing_reason=missing,
            maturity=Maturity.FINAL if missing else cleaned["answer"],
            note=cleaned["note"],
            follow_up=cleaned["follow_up"],
            as_of=kept.get("as_of"),
            public_note=kept.get("public_note", ""),
        )
