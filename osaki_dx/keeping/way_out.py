"""`manage.py export_everything`: all that the town owns, readable without this portal (ADR 51).

A folder: each table as CSV and as JSON, what every column means, the workbooks that are kept in the
database and the attachments as files. Left out is what opens doors: password hashes, tokens, who is
signed in.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import BinaryField, DateTimeField, JSONField
from django.utils import timezone

from foundation.sheets.csvfile import csv_lines
from osaki_dx.folders import FOLDER
from osaki_dx.keeping import files, program, space
from osaki_dx.keeping.rows import Table
from osaki_dx.keeping.schema import LEFT_OUT
from osaki_dx.keeping.view import one_moment
from osaki_dx.wrong import Wrong

SECRET = (  # columns that open doors
    ("accounts.user", "password"),
    ("feeds.feedtoken", "digest"),
)
CSV, JSON, CONTENTS, ATTACHMENTS, SUMS = "csv", "json", "contents", "attachments", "SHA256SUMS"
NAMES = ("workbook_name", "name")  # where a row says what its content is called
WORKBOOK = b"PK"  # how every .xlsx begins
UNFIT = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))
HEADS = ["表", "表の名前", "列", "列の名前", "種類", "空欄", "値と意味", "つながる表", "説明"]
ABOUT = """大崎町DX推進計画 進捗管理ポータルから取り出した、町のデータのすべてです。
取り出した日時：{at}（日本時間）　版：{version}

csv/          表ごとの CSV（UTF-8、1行目は列の名前）。表計算ソフトで開けます。
              「=」などで始まる文字は、式にならないように「'」を前に付けています。
              長い文（版の report など）は、表計算ソフトでは途中で切れることがあります。
json/         同じ内容の JSON。文字はもとのままです。ほかのシステムに移すときに使います。
dictionary.csv  表と列の名前、種類、値の意味、つながり。
contents/     締めた版のExcel、町の様式、取り込んだファイル（表の列には、ここでの名前があります）。
attachments/  添付ファイル（表 records_attachment の列 file に、ここでの名前があります）。
SHA256SUMS    すべてのファイルの照合値。

日時は日本時間（+09:00）、小数は桁を落とさない文字、真偽は true と false です。
入れていないもの：パスワードの照合値、データ取得のキーの照合値、ログイン中の記録、設定ファイル。
個人の氏名を含みます。見てよい人だけが開ける場所に置いてください。
"""


def export(folder: Path, *, at: datetime) -> list[str]:
    """Fill a folder that is not there yet, or is empty; names of attachments that were missing.

    It gets its name when all is in it. Wrong where there is something, or too little room.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Wrong(
            f"{folder} には、すでに何かがあります。ないか、空のフォルダーを指定してください。"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    size = space.of_database(connection)
    space.check(folder.parent, 3 * size + space.of_files())
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        draft.mkdir(mode=FOLDER)
        missing = _fill(draft, at)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return missing


def _fill(folder: Path, at: datetime) -> list[str]:
    about = ABOUT.format(
        at=f"{timezone.localtime(at):%Y-%m-%d %H:%M}", version=program.told(program.version())
    )
    (folder / "README.txt").write_text(about, encoding="utf-8-sig", newline="\r\n")
    models = tables()
    _write_csv(
        folder / "dictionary.csv", HEADS, (row for model in models for row in meaning(model))
    )
    with one_moment(connection):
        for model in models:
            _write_table(folder, model)
        missing = _copy_attachments(folder / ATTACHMENTS, models)
    (folder / SUMS).write_text(_sums(folder), encoding="utf-8", newline="\n")
    return missing


def tables() -> list[Any]:
    """The models whose rows are the town's, by table."""
    models = apps.get_models(include_auto_created=True)
    kept = [model for model in models if model._meta.managed and not model._meta.proxy]
    return sorted(
        (model for model in kept if model._meta.label_lower not in LEFT_OUT),
        key=lambda model: model._meta.db_table,
    )


def meaning(model) -> Iterator[list[str]]:
    """A row of the dictionary for each column."""
    for field in columns(model):
        other = field.remote_field.model._meta.db_table if field.is_relation else ""
        yield [
            model._meta.db_table,
            str(model._meta.verbose_name),
            field.column,
            str(field.verbose_name),
            field.get_internal_type(),
            "可" if field.null or field.blank else "",
            "、".join(f"{code}={label}" for code, label in field.flatchoices),
            other,
            str(field.help_text),
        ]


def columns(model) -> list[Any]:
    """The columns of a table that go out."""
    label = model._meta.label_lower
    return [field for field in model._meta.concrete_fields if (label, field.name) not in SECRET]


class _Rows:
    """The rows of one table, read again for each form that they take."""

    def __init__(self, folder: Path, model):
        self.folder, self.table = folder, Table(model)
        shown = set(columns(model))
        self.fields = [field for field in self.table.fields if field in shown]
        self.names = [field.column for field in self.fields]
        self.places = [self.table.fields.index(field) for field in self.fields]
        self.named = [
            self.table.columns.index(name) for name in NAMES if name in self.table.columns
        ]

    def read(self, *, put: bool) -> Iterator[list]:
        """Each row; contents become files (`put`: write them) and the row has their name."""
        for row in self.table.read(connection):
            yield [
                self._value(field, row[place], row, put)
                for field, place in zip(self.fields, self.places, strict=True)
            ]

    def _value(self, field, value, row: list, put: bool):
        if value is None:
            return None
        if isinstance(field, BinaryField):
            return self._content(field, value, row, put)
        if isinstance(field, DateTimeField):
            return timezone.localtime(datetime.fromisoformat(value).astimezone(UTC)).isoformat()
        return value

    def _content(self, field, value: str, row: list, put: bool) -> str:
        content = self.table.kinds[self.table.fields.index(field)].read(value)
        called = next((str(row[place]) for place in self.named if row[place]), "")
        if not called:
            called = f"{field.column}{'.xlsx' if content.startswith(WORKBOOK) else '.bin'}"
        name = f"{self.table.name}/{row[0]}-{called.translate(UNFIT)[-80:]}"
        if put:
            place = self.folder / CONTENTS / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return f"{CONTENTS}/{name}"


def _write_table(folder: Path, model) -> None:
    rows = _Rows(folder, model)
    _write_csv(folder / CSV / f"{rows.table.name}.csv", rows.names, rows.read(put=True))
    file = folder / JSON / f"{rows.table.name}.json"
    file.parent.mkdir(exist_ok=True)
    is_json = [isinstance(field, JSONField) for field in rows.fields]
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write("[")
        for number, row in enumerate(rows.read(put=False)):
            told = [
                json.loads(value) if inner and value is not None else value
                for inner, value in zip(is_json, row, strict=True)
            ]
            line = json.dumps(dict(zip(rows.names, told, strict=True)), ensure_ascii=False)
            out.write(f"{',' if number else ''}\n{line}")
        out.write("\n]\n")


def _write_csv(file: Path, heads: list[str], rows: Iterable[list]) -> None:
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as out:
        told = ([_as_text(value) for value in row] for row in rows)
        for line in csv_lines(heads, told):
            out.write(line)


def _as_text(value):
    return str(value).lower() if isinstance(value, bool) else value


def _copy_attachments(folder: Path, models: list[Any]) -> list[str]:
    missing = []
    for name in files.names_in(connection, models):
        place = files.place_of(name)
        if not place.is_file():
            missing.append(name)
            continue
        target = folder / name
        target.parent.mkdir(
            parents=True,
            exist_ok=True,
        )
        shutil.copyfile(place, target)
    return missing


def _sums(folder: Path) -> str:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in found)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def default_folder(at: datetime) -> Path:
    """Where it goes when no folder is given."""
    return settings.DATA_DIR / f"export-{timezone.localtime(at):%Y%m%d-%H%M%S}"
