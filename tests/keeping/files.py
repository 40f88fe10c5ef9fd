"""Small backups made by hand, whole and forged."""

import json
import zipfile

from osaki_dx.keeping import seal
from osaki_dx.keeping.manifest import NAME, Manifest, TableFacts
from osaki_dx.keeping.package import DATABASE, FILES, SETTINGS, Writer

FILE = f"{FILES}attachments/aa/aaaa"
TABLE = f"{DATABASE}desk_reminder.jsonl"


def manifest_of(writer, **given):
    table = TableFacts("desk_reminder", TABLE, ["id"], 1, "0" * 64)
    told = {
        "made_at": "2026-11-28T01:30:00+00:00",
        "program": {"version": "0.1.0"},
        "database": "sqlite",
        "migrations": [("desk", "0001_initial")],
        "tables": [table],
        "members": writer.members,
    }
    return Manifest(**told | given)


def small(path, **given):
    """A whole backup with one table and one attachment."""
    writer = Writer(path)
    writer.add(seal.FIRST, [b"about"])
    writer.add(TABLE, [b"[1]\n", b"[2]\n"])
    writer.add(FILE, [b"evidence"])
    writer.add(SETTINGS, [b""])
    writer.finish(manifest_of(writer, **given))
    return path


def forged(path, *, without=(), beside=(), changed=None, manifest=None):
    """A backup with a right seal whose inside somebody has changed.

    `beside`: [(name, content)]; `changed`: {name: content}; `manifest` changes the told facts.
    """
    source = small(path.with_name("source.zip"))
    with zipfile.ZipFile(source) as old, path.open("w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                if entry.filename not in without:
                    content = (changed or {}).get(entry.filename, old.read(entry.filename))
                    if entry.filename == NAME and manifest:
                        content = manifest(json.loads(content))
                    new.writestr(entry.filename, content)
            for name, content in beside:
                new.writestr(name, content)
            new.comment = seal.EMPTY
        seal.set_seal(file)
    source.unlink()
    return path


def told(**given):
    """A change of the manifest's facts."""
    return lambda facts: json.dumps(facts | given)


def renamed(name):
    """The attachment has another name, in the manifest as well."""

    def change(facts):
        for member in facts["members"]:
            member["name"] = name if member["name"] == FILE else member["name"]
        return json.dumps(facts)

    return {"without": (FILE,), "beside": [(name, b"evidence")], "manifest": change}
