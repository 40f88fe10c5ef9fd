"""The machine: room on its disk, its clock, and what runs by the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from foundation.accounts.sessions import Session
from foundation.records.models import HistoryEntry
from osaki_dx import static_files
from osaki_dx.keeping import marks, program, seal, space
from osaki_dx.keeping.doctor.finding import Finding, bad, good, named, warn
from osaki_dx.keeping.space import MEGABYTE, megabytes
from osaki_dx.wrong import Wrong

LITTLE, TOO_LITTLE = 2048 * MEGABYTE, 256 * MEGABYTE
APART = timedelta(minutes=2)  # between the clocks of the machine and of PostgreSQL
LATE, TOO_LATE = timedelta(hours=36), timedelta(days=7)
STALE, MANY_SESSIONS = timedelta(days=3), 1000
NIGHTLY = "docs/operations.md の「毎晩のバックアップ」のとおり、定時実行に登録してください"


def look(at: datetime) -> Iterator[Finding]:
    """Everything about the machine; `at` is what its clock says."""
    yield disk()
    yield styles()
    yield clock(at)
    yield backup(at)
    yield reminders(at)
    yield sessions(at)


def disk() -> Finding:
    """Room for the data and for the next backup."""
    free = space.free(settings.DATA_DIR)
    used = space.of_database(connection) + space.of_files()
    told = f"空き{megabytes(free)}、データ{megabytes(used)}。"
    mend = "不要なファイルを消すか、ディスクを大きくしてください。"
    if free < max(TOO_LITTLE, used):
        return bad(
            "ディスクの空き",
            told,
            mend,
        )
    if free < max(LITTLE, 3 * used):
        return warn("ディスクの空き", told, mend)
    return good("ディスクの空き", told)


def styles() -> Finding:
    """The files that give the pages their look: gone, they are plain text."""
    gone = static_files.missing()
    if gone:
        told, mend = f"見つかりません：{named(gone)}", "python3 run.py で起動すると、作り直します。"
        return warn("静的ファイル", told, mend)
    return good("静的ファイル", "そろっています。")


def clock(at: datetime) -> Finding:
    """Not before what is recorded already, nor before the program was made."""
    newest = HistoryEntry.objects.aggregate(at=Max("at"))["at"]
    told = f"{timezone.localtime(at):%Y-%m-%d %H:%M}（日本時間）。"
    mend = "機械の日付と時刻、時刻合わせ（NTP）を確かめてください。"
    if f"{timezone.localdate(at)}" < program.version()["newest_change"]:
        return bad("時計", f"{told}プログラムの日付より前です。", mend)
    if newest and newest > at + APART:
        entry = timezone.localtime(newest)
        return bad("時計", f"{told}最後の記録（{entry:%Y-%m-%d %H:%M}）より前です。", mend)
    apart = _apart_from_database(at)
    if apart > APART:
        return warn("時計", f"{told}データベースの時計と{apart.seconds}秒違います。", mend)
    return good("時計", told)


def _apart_from_database(at: datetime) -> timedelta:
    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return abs(cursor.fetchone()[0] - at)


def backup(at: datetime) -> Finding:
    """When the last one was taken, and whether it is still what it was."""
    last = marks.last(settings.DATA_DIR, "backup")
    if last is None:
        return bad("バックアップ", "まだ一度もありません。", f"{NIGHTLY}。")
    told = f"最後は {timezone.localtime(last['at']):%Y-%m-%d %H:%M}、{last.get('file', '')}。"
    wrong = _wrong_with(Path(last.get("file", "")), last.get("seal", ""))
    if wrong:
        return bad("バックアップ", f"{told}{wrong}", "manage.py backup で、作り直してください。")
    return _by_age("バックアップ", told, at - last["at"])


def _wrong_with(file: Path, sealed: str) -> str:
    if not file.is_file():
        return "そのファイルがありません。"
    try:
        return "" if seal.check_seal(file) == sealed else "別のファイルに置き換わっています。"
    except Wrong as wrong:
        return str(wrong)


def _by_age(subject: str, told: str, age: timedelta) -> Finding:
    if age > TOO_LATE:
        return bad(subject, f"{told}{age.days}日前です。", f"{NIGHTLY}。")
    if age > LATE:
        return warn(subject, f"{told}{age // timedelta(hours=1)}時間前です。", f"{NIGHTLY}。")
    return good(subject, told)


def reminders(at: datetime) -> Finding:
    """`remind` has to run every morning, also when there is nothing to send."""
    last = marks.last(settings.DATA_DIR, "remind")
    if last is None:
        return warn("督促の定時実行", "この機械では、まだ動いていません。", f"{NIGHTLY}。")
    told = f"最後は {timezone.localtime(last['at']):%Y-%m-%d %H:%M}。"
    if last.get("failed"):
        return warn(
            "督促の定時実行",
            f"{told}送れなかった督促があるか、途中で止まりました。",
            "manage.py remind を実行して、示される文のとおりに直してください。",
        )
    return _by_age(
        "督促の定時実行",
        told,
        at - last["at"],
    )


def sessions(at: datetime) -> Finding:
    """Who was signed in is of no use when the session has ended; `clearsessions` takes it away."""
    count = Session.objects.filter(expire_date__lt=at - STALE).count()
    told = f"終わって{STALE.days}日を過ぎたものが{count:,}件。"
    if count > MANY_SESSIONS:
        return warn("ログインの後始末", told, f"manage.py clearsessions を、{NIGHTLY}。")
    return good("ログインの後始末", told)
