"""The form of each setting of the plan, and its value in words (docs/rules.md §10)."""

import re
import unicodedata
from dataclasses import replace
from datetime import time
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from foundation.japanese.calendar import add_months, month_span, wareki_month
from foundation.japanese.fields import (
    JapaneseDecimalField,
    MonthField,
    WholeNumberField,
    offer_months,
)
from foundation.japanese.numbers import format_plain, parse_decimal
from headquarters.reviews.cycles import KINDS as CYCLES
from headquarters.upkeep.setting_form import SettingForm
from headquarters.upkeep.setting_grades import GradesForm
from kpi.choices import Method
from measures.settings_of import Deadline, SettingKind, WarningFloor

MOST_DAYS = 60
HOUR = re.compile(r"(\d{1,2})(?::|時)(?:(\d{1,2})分?)?")


class MethodForm(SettingForm):
    """The method of achievement with which an indicator that is added begins."""

    kind, hint = SettingKind.METHOD, "加える指標の初めの方法。指標ごとに変えられます"
    method = forms.ChoiceField(
        label="達成率の方法",
        choices=Method,
        help_text="これから加える指標に使います。基準値比を使えない指標は目標比です",
    )

    @classmethod
    def words(cls, settings):
        return Method(settings.method).label


class WarningFloorForm(SettingForm):
    """From which difference a comment is asked for, and the units that have their own."""

    kind = SettingKind.WARNING_FLOOR
    floor = JapaneseDecimalField(
        label="これより小さい差では確認を求めません", decimals=1, help_text="％の指標ではポイント"
    )
    floors = forms.CharField(
        label="単位ごとの差",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="1行に1つ。例：時間 5",
    )

    @classmethod
    def start(cls, settings):
        floor = settings.warning_floor
        return {"floor": floor.usual, "floors": "\n".join(_floors_in_words(floor))}

    @classmethod
    def words(cls, settings):
        return f"{format_plain(settings.warning_floor.usual)}（％はポイント）"

    @classmethod
    def aside(cls, settings):
        return "・".join(_floors_in_words(settings.warning_floor))

    def clean_floors(self):
        """[(unit, floor)] of the lines."""
        lines = unicodedata.normalize("NFKC", self.cleaned_data["floors"]).splitlines()
        found = dict(_floor_of(line) for line in lines if line.strip())
        return tuple(found.items())

    @property
    def settings(self):
        given = self.cleaned_data
        floor = WarningFloor(given["floor"], given["floors"])

        return replace(self.before, warning_floor=floor)


def _floors_in_words(floor: WarningFloor) -> list[str]:
    return [f"{unit} {format_plain(number)}" for unit, number in floor.of_units]


def _floor_of(line: str) -> tuple[str, Decimal]:
    """「時間 5」 as a unit and its floor."""
    unit, _, number = line.strip().rpartition(" ")
    try:
        if not unit.strip():
            raise ValueError("単位と数字を空白で区切ってください（例：時間 5）。")
        return unit.strip(), parse_decimal(number)
    except ValueError as error:
        raise ValidationError(f"「{line.strip()}」：{error}") from None


class DeadlineForm(SettingForm):
    """The day of the following month, and the hour."""

    kind, group, hint = SettingKind.DEADLINE, "月次の暦", "閉庁日は次の開庁日"
    day = WholeNumberField(label="翌月の何日", unit="日", min_value=1, max_value=28)
    hour = forms.CharField(label="時刻", max_length=10, help_text="例：17:15")

    @classmethod
    def start(cls, settings):
        deadline = settings.deadline
        return {"day": deadline.day, "hour": deadline.hour.strftime("%H:%M")}

    @classmethod
    def words(cls, settings):
        return f"翌月{settings.deadline.day}日 {settings.deadline.hour_words}"

    def clean_hour(self) -> time:
        """An hour as people write it: 17:15, 17時15分, 12時."""
        found = HOUR.fullmatch(unicodedata.normalize("NFKC", self.cleaned_data["hour"]).strip())
        try:
            if found is None:
                raise ValueError
            return time(int(found[1]), int(found[2] or 0))
        except ValueError:
            sentence = "時刻を読めません。17:15 のように入力してください。"
            raise ValidationError(sentence) from None

    @property
    def settings(self):
        given = self.cleaned_data
        return replace(self.before, deadline=Deadline(given["day"], given["hour"]))


def _days(text: str) -> list[int]:
    """「7、1」 as numbers of days."""
    days = []
    for part in re.split(r"[\s、，,・]+", text.strip()):
        if part:
            number = parse_decimal(part, unit="日")
            if number != int(number) or not 0 <= number <= MOST_DAYS:
                raise ValueError(f"0～{MOST_DAYS}の数字を、「、」で区切って入力してください。")
            days.append(int(number))
    return days


class RemindersForm(SettingForm):
    """Days before and after a due day."""

    kind, group = SettingKind.REMINDERS, "月次の暦"
    hint = "未提出のあるとき。提出すると止まる"
    days_before = forms.CharField(
        label="期限の何日前", required=False, max_length=50, help_text="例：7、1（0は当日）"
    )
    days_after = forms.CharField(
        label="期限の何日後", required=False, max_length=50, help_text="例：1、7"
    )

    @classmethod
    def start(cls, settings):
        before = [str(-day) for day in settings.reminder_days if day <= 0]
        after = [str(day) for day in settings.reminder_days if day > 0]
        return {"days_before": "、".join(before), "days_after": "、".join(after)}

    @classmethod
    def words(cls, settings):
        said = (_reminder_words(day) for day in settings.reminder_days)
        return f"期限の{'・'.join(said)}"

    def _read(self, name: str) -> list[int]:
        try:
            return _days(self.cleaned_data[name])
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def clean_days_before(self):
        """Numbers of days, 0 for the day itself."""
        return self._read("days_before")

    def clean_days_after(self):
        """Numbers of days, at least one."""
        days = self._read("days_after")
        if 0 in days:
            raise ValidationError("1日後からの数字にしてください。当日は「何日前」の0です。")
        return days

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if not self.errors and not given["days_before"] and not given["days_after"]:
            self.add_error("days_before", "督促する日を、前か後に1つは入力してください。")

    @property
    def settings(self):
        given = self.cleaned_data
        days = {-day for day in given["days_before"]} | set(given["days_after"])
        return replace(self.before, reminder_days=tuple(sorted(days)))


def _reminder_words(day: int) -> str:
    if day == 0:
        return "当日"
    return f"{abs(day)}日{'後' if day > 0 else '前'}"


class FirstMonthForm(SettingForm):
    """利用開始月: it says itself from when it holds."""

    kind, group = SettingKind.FIRST_MONTH, "月次の暦"
    hint = "それより前の月は求めず、「未入力」にしません"
    first_month = MonthField(label="利用開始月")

    def _ask_for_decision(self, on):
        super()._ask_for_decision(on)
        del self.fields["from_month"]
        months = self.plan.months
        offer_months(
            self,
            "first_month",
            month_span(
                months.first,
                min(months.last, add_months(on, 1)),
            ),
        )

    @classmethod
    def words(cls, settings):
        first = settings.first_month
        return f"{wareki_month(first)}分から" if first else "計画の最初の月から"


class CyclesForm(SettingForm):
    """Which review cycles a year has."""

    kind, group = SettingKind.CYCLES, "年の周期と工程"
    hint = "日付はサイクルごとに決めます"
    cycles = forms.MultipleChoiceField(
        label="評価サイクル",
        choices=[(code, row[0]) for code, row in CYCLES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "1つは選んでください。"},
    )

    @classmethod
    def start(cls, settings):
        return {"cycles": list(settings.cycles)}

    @classmethod
    def words(cls, settings):
        names = (row[0] for code, row in CYCLES.items() if code in settings.cycles)
        return "・".join(name.replace("時点", "") for name in names)

    def clean_cycles(self):
        """In the order of the year's list."""
        return tuple(code for code in CYCLES if code in self.cleaned_data["cycles"])


class StaleDaysForm(SettingForm):
    """After how many days without an update a milestone is stale."""

    kind, group = SettingKind.STALE_DAYS, "年の周期と工程"
    hint = "実施中のマイルストーンに「更新待ち」と表示"
    stale_days = WholeNumberField(label="日数", unit="日", min_value=7, max_value=365)

    @classmethod
    def words(cls, settings):
        return f"{settings.stale_days}日"


FORMS: dict[str, type[SettingForm]] = {
    form.kind: form
    for form in (
        GradesForm,
        MethodForm,
        WarningFloorForm,
        DeadlineForm,
        RemindersForm,
        FirstMonthForm,
        CyclesForm,
        StaleDaysForm,
    )
}
