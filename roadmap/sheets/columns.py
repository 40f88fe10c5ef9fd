"""The columns of the milestone sheet by which it is filled in and read again."""

from foundation.round_trip.columns import EntryColumn
from roadmap.answers import REASON_LIMIT

STATE, FORECAST, COMPLETED, REASON = "state", "forecast_on", "completed_on", "reason"
DAYS = (FORECAST, COMPLETED)
ENTRY_COLUMNS = (
    EntryColumn(
        STATE,
        "状態",
        "一覧から選びます。「遅延」はポータルが期日から付けます。「完了」には完了日を、"
        "「見直し」「中止」には理由を入力します。",
        10,
        "dx-entry-center",
    ),
    EntryColumn(
        FORECAST,
        "見込日",
        "いまの見込日です。R8.10.1、2026/10/1、10/1 などと書けます。後ろへ動かすときは"
        "理由を入力します。消すときは「クリア」と書きます。",
        11,
        "dx-entry-center",
    ),
    EntryColumn(
        COMPLETED,
        "完了日",
        "終わった日です。状態を「完了」にしたときに入力します。先の日付は入力できません。",
        11,
        "dx-entry-center",
    ),
    EntryColumn(
        REASON,
        "今回の理由",
        f"状態や見込日を変える理由を1文で書きます（{REASON_LIMIT}字まで）。"
        "見込日が後ろへ動くときと、見直し・中止には必要です。本部会議の資料に載ります。",
        26,
    ),
)
LABELS = {column.name: column.header for column in ENTRY_COLUMNS}
