"""The queries that people paste into Excel (Power Query M), with the portal's own address in them.

A number of a CSV is a text to Power Query until it is told; so the columns are named here.
"""

from dataclasses import dataclass

from headquarters.feeds.columns import FEEDS, Feed

NUMBERS = {
    "kpi": (
        *("年度（西暦）", "施策番号", "実績値", "分子", "分母", "年度の値", "前年同月"),
        *("年度目標", "目標の下限", "目標の上限", "期待値", "達成率（％）"),
    ),
    "milestones": ("施策番号", "工程ID", "マイルストーンID", "ずれ（日）", "延期回数（回）"),
}
DAYS = {
    "kpi": ("基準日", "測定時点"),
    "milestones": ("基準日", "当初計画", "現行計画", "見込", "実績"),
}
KEY_HERE = "osaki_…（接続キー）"
A_LINE = 3  # columns
QUERY = """let
    ソース = Web.Contents(
        "{address}",
        [Headers = [Authorization = "Bearer {key}"]]
    ),
    表 = Csv.Document(ソース, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),
    見出し = Table.PromoteHeaders(表, [PromoteAllScalars = true]),
    型 = Table.TransformColumnTypes(
        見出し,
        {{
{types}
        }},
        "ja-JP"
    )
in
    型"""


@dataclass(frozen=True)
class Offered:
    """A feed on the page for people: its addresses, and the query that reads its CSV."""

    feed: Feed
    csv: str
    json: str

    @property
    def query(self) -> str:
        """The text for 詳細エディター."""
        name = self.feed.name
        kinds = [(head, "type number") for head in NUMBERS[name]]
        kinds += [(head, "type date") for head in DAYS[name]]
        said = [f'{{"{head}", {kind}}}' for head, kind in kinds]
        lines = [", ".join(said[at : at + A_LINE]) for at in range(0, len(said), A_LINE)]
        types = ",\n".join(f"            {line}" for line in lines)
        return QUERY.format(address=self.csv, key=KEY_HERE, types=types)


def offered(root: str) -> list[Offered]:
    """Every feed, below the address under which the portal is seen (it ends with a slash)."""
    return [
        Offered(
            feed,
            f"{root}feeds/{feed.name}.csv",
            f"{root}feeds/{feed.name}.json",
        )
        for feed in FEEDS.values()
    ]
