"""The form of the grades: their names, and the rates from which they are given."""

from dataclasses import replace
from decimal import Decimal

from django import forms

from foundation.japanese.fields import JapaneseDecimalField
from foundation.japanese.numbers import format_plain
from headquarters.upkeep.setting_form import SettingForm
from measures.settings_of import GradeBand, SettingKind

LETTERS = ("A", "B", "C", "D")
HIGHEST = Decimal(200)


class GradesForm(SettingForm):
    """Names and thresholds of the grades; the letters are fixed, D is the rest."""

    kind = SettingKind.GRADES

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for letter in LETTERS:
            self._ask_for(letter)
        self.order_fields(self.start(self.before))

    def _ask_for(self, letter: str) -> None:
        """The boxes of one grade; the last one has no threshold."""
        boxes: dict[str, forms.Field] = {
            f"name_{letter}": forms.CharField(label=f"{letter}の名前", max_length=10)
        }
        if letter != LETTERS[-1]:
            rate = JapaneseDecimalField(
                label=f"{letter}の下限（％）",
                unit="％",
                decimals=1,
            )
            boxes[f"from_{letter}"] = rate
        for name, field in boxes.items():
            field.widget.attrs = {"class": "form-control"}
            self.fields[name] = field

    @classmethod
    def start(cls, settings):
        values = {}
        for band in settings.grades:
            values[f"name_{band.letter}"] = band.name
            if band.threshold is not None:
                values[f"from_{band.letter}"] = band.threshold

        return values

    @classmethod
    def words(cls, settings):
        return (
            "　".join(
                f"{band.letter} {format_plain(band.threshold.normalize())}"
                for band in settings.grades
                if band.threshold is not None
            )
            + "（％以上）"
        )

    @classmethod
    def aside(cls, settings):
        return "・".join(band.name for band in settings.grades)

    def clean(self):
        """The thresholds fall from A to C, and no two grades have one name."""
        super().clean()
        higher: tuple[str, Decimal] | None = None
        for letter in LETTERS[:-1]:
            rate = self.cleaned_data.get(f"from_{letter}")
            if rate is not None:
                self._check_rate(letter, rate, higher)
                higher = letter, rate
        names = [self.cleaned_data.get(f"name_{letter}") for letter in LETTERS]
        for letter, name in zip(LETTERS, names, strict=True):
            if name and names.count(name) > 1:
                sentence = f"「{name}」が2つあります。区分ごとに違う名前にしてください。"
                self.add_error(f"name_{letter}", sentence)

    def _check_rate(self, letter: str, rate: Decimal, higher: tuple[str, Decimal] | None) -> None:
        if not 0 < rate <= HIGHEST:
            self.add_error(f"from_{letter}", f"0より大きく{HIGHEST}以下の数にしてください。")
        elif higher is not None and rate >= higher[1]:
            sentence = f"{higher[0]}の下限（{format_plain(higher[1])}）より小さくしてください。"
            self.add_error(f"from_{letter}", sentence)

    @property
    def bands(self) -> list:
        """(letter, box of the name, box of the threshold or None) of every grade."""
        return [
            (letter, self[f"name_{letter}"], self[f"from_{letter}"] if letter != "D" else None)
            for letter in LETTERS
        ]

    @property
    def settings(self):
        given = self.cleaned_data
        bands = (
            GradeBand(letter, given[f"name_{letter}"], given.get(f"from_{letter}"))
            for letter in LETTERS
        )

        return replace(self.before, grades=tuple(bands))
