"""What is in the zip of a public edition, read as others would read it."""

import csv
import io
import json
import zipfile
from decimal import Decimal


def files(content) -> dict[str, str]:
    """{path: text}."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def lines(text) -> list[dict]:
    """The records of a CSV."""
    return list(csv.DictReader(io.StringIO(text)))


def exact(text):
    """JSON with every number as it is written."""
    return json.loads(text, parse_float=Decimal)


def broken(found, folder) -> list[str]:
    """What an edition's kpi.json does not keep of its schema; the schema itself has to be one."""
    from jsonschema import Draft202012Validator

    schema = json.loads(found[f"{folder}/kpi.schema.json"])
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [each.message for each in judge.iter_errors(exact(found[f"{folder}/kpi.json"]))]
