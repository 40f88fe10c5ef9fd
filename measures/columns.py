"""What rows of data say of the town whose plan they are about."""

from foundation.sheets.book import Column
from foundation.sheets.columns import text


def town_columns(code: str, town: str) -> list[Column]:
    """The municipality's code and name, in every row."""
    return [
        text(
            "全国地方公共団体コード",
            "municipality_code",
            lambda _: code,
            12,
            "総務省の全国地方公共団体コード",
        ),
        text("団体名", "municipality", lambda _: town, 10),
    ]
