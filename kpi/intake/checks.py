"""What a cell of the entry sheet takes: drop-downs, and checks that a spreadsheet program makes
while somebody types, each with its sentence. What counts is asked again when the file comes back.
"""

from openpyxl.worksheet.datavalidation import DataValidation

from kpi.choices import Maturity, MissingReason
from kpi.intake.columns import CLEAR, MATURITY, MISSING_REASON, NOTE, NOTE_LIMIT, NUMBERS, VALUE
from kpi.models import Definition
from kpi.rules.checks import is_whole, places_of
from kpi.rules.counting import PERCENT

LABELS = {
    MISSING_REASON: [*MissingReason.labels, CLEAR],
    MATURITY: list(Maturity.labels),
}
CHOOSE = {
    MISSING_REASON: f"一覧から選んでください。理由を消すときは「{CLEAR}」を選びます。",
    MATURITY: "一覧から「確定」か「暫定」を選んでください。",
}
TOO_LONG = f"コメントは{NOTE_LIMIT:,}字までです。短くしてください。"
AS_TYPED = "General"  # a program shows 85% as typed; of a fixed format it makes 0.85


def unit_of(definition: Definition, field: str) -> str:
    """The unit of a value, a numerator or a denominator."""
    unit: str = definition.unit if field == VALUE else getattr(definition, f"{field}_unit")
    return unit


def format_of(definition: Definition, field: str) -> str:
    """How the number of a cell is shown."""
    whole = is_whole(
        unit_of(
            definition,
            field,
        )
    )
    return "#,##0;▲#,##0;0" if whole else AS_TYPED


def check_of(definition: Definition, field: str, cell: str) -> DataValidation:
    """The check of one cell; `cell`: 「I8」."""
    if field in NUMBERS:
        found = _number(definition, field, cell)
    elif field == NOTE:
        found = _length()
    else:
        found = _list(field)
    found.add(cell)
    return found


def _list(field: str) -> DataValidation:
    return _check(
        type="list",
        formula1=f'"{",".join(LABELS[field])}"',
        errorTitle="一覧から選んでください",
        error=CHOOSE[field],
    )


def _length() -> DataValidation:
    return _check(
        type="textLength",
        operator="lessThanOrEqual",
        formula1=str(NOTE_LIMIT),
        errorTitle="コメントが長すぎます",
        error=TOO_LONG,
        imeMode="hiragana",
    )


def _number(definition: Definition, field: str, cell: str) -> DataValidation:
    """A number of the wanted kind, or the word that clears; the digits of 85% are those of 0.85."""
    unit, places = unit_of(definition, field), places_of(definition, field)
    percent = unit in PERCENT
    asked = [f"ROUND({cell},{places + 2 if percent else places})={cell}"]
    if not _may_be_negative(definition, field):
        asked.insert(0, f"{cell}>=0")
    return _check(
        type="custom",
        formula1=f'IF(ISNUMBER({cell}),AND({",".join(asked)}),{cell}="{CLEAR}")',
        errorTitle="数字を入力してください",
        error=f"{_wanted(definition, field, places)}0件は 0、消すときは「{CLEAR}」と入力します。",
        imeMode="off",
    )


def _may_be_negative(definition: Definition, field: str) -> bool:
    return definition.may_be_negative and field != "denominator"


def _wanted(definition: Definition, field: str, places: int) -> str:
    """「0以上の整数（単位：件）を入力してください。」."""
    sign = "" if _may_be_negative(definition, field) else "0以上の"
    kind = f"数字（小数は{places}桁まで）" if places else "整数"
    return f"{sign}{kind}を、単位を付けずに入力してください。"


def _check(**given: str) -> DataValidation:
    return DataValidation(
        allow_blank=True,
        showErrorMessage=True,
        **given,
    )
