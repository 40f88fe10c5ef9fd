"""Workbooks as a broken disk, a careless program or an attacker makes them of a sound one."""

import io
import re
import warnings
import zipfile
from random import Random

from tests.attacks.hostile import odd_text

VALUE = re.compile(rb'="([^"<>]*)"')
TEXT = re.compile(rb">([^<>]+)<")
ELEMENT = re.compile(rb"<(\w[\w:]*)(?: [^<>]*)?/>|<(\w[\w:]*)(?: [^<>]*)?>[^<>]*</\2>")
NASTY = (b"", b"-1", b"0", b"99999999999999999999", b"NaN", b"1e999", b"A0", b"XFE1", b"ZZZ99999",
         b"A1:", b"#REF!", b"s", b"b", b"d", b"inlineStr", b"str", b"e", b"2026-13-45T99:99:99",
         b"true", b"rId99", b"../../x.xml", b"&amp;lt;", b"&#0;", b"&#xD800;", b"&x;",
         b"A" * 40_000, b"_x0000_", b"_xD800_", b"utf-16", b"1 1", b"\xff\xfe")  # fmt: skip
TYPES = (b"application/xml", b"image/png", b"text/html", b"application/vnd.ms-excel",
         b"application/vnd.ms-excel.sheet.macroEnabled.main+xml", b"")  # fmt: skip
Parts = list[tuple[str, bytes]]


def parts_of(content: bytes) -> Parts:
    """(name, content) of every part, in the order of the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The archive of these parts; two of one name are two."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two of one name are meant
        for name, content in parts:
            info = zipfile.ZipInfo(name, (2026, 4, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


# Bytes.


def flipped(content: bytes, dice: Random) -> bytes:
    """One to thirty bytes are others."""
    found = bytearray(content)
    for _ in range(dice.choice((1, 1, 3, 30))):
        found[dice.randrange(len(found))] = dice.randrange(256)
    return bytes(found)


def cut(content: bytes, dice: Random) -> bytes:
    """Only its beginning, only its end, or a hole in it."""
    one, two = sorted(dice.randrange(len(content)) for _ in "xx")
    return dice.choice((content[:one], content[two:], content[:one] + content[two:]))


def beside(content: bytes, dice: Random) -> bytes:
    """Something stands before or after it, or it stands there twice."""
    more = dice.choice((b"\0" * 300, b"PK\x05\x06" + b"\0" * 18, b"%PDF-1.7 ", content))
    return dice.choice((more + content, content + more, b"PK" + content))


def lying(content: bytes, dice: Random) -> bytes:
    """The directory of the archive says something else than its parts: sizes, names, flags."""
    found = bytearray(content)
    starts = [each.start() for each in re.finditer(rb"PK\x01\x02", content)]
    if not starts:
        return flipped(content, dice)
    place = dice.choice(starts) + dice.choice((8, 10, 16, 20, 22, 24, 26, 28, 30, 32, 38, 42, 44))
    found[place : place + 2] = dice.choice((b"\xff\xff", b"\0\0", b"\x01\0", b"\x09\0", b"\x0c\0"))
    return bytes(found)


# Parts.


def dropped(content: bytes, dice: Random) -> bytes:
    """A part is missing."""
    parts = parts_of(content)
    parts.pop(dice.randrange(len(parts)))
    return packed(parts)


def renamed(content: bytes, dice: Random) -> bytes:
    """A part has another's name, a path that leads out, or a strange one."""
    parts = parts_of(content)
    place = dice.randrange(len(parts))
    name = dice.choice((dice.choice(parts)[0], "../../etc/passwd", "/xl/workbook.xml", "xl//a.xml",
                        "C:\\x.xml", parts[place][0].upper(), "xl/" + "長" * 300, " ",
                        "xl/a\\b.xml", "xl/worksheets/sheet1.xml.rels"))  # fmt: skip
    parts[place] = (name, parts[place][1])
    return packed(parts)


def swapped(content: bytes, dice: Random) -> bytes:
    """Two parts have each other's content; or one content is something else altogether."""
    parts = parts_of(content)
    one, two = dice.randrange(len(parts)), dice.randrange(len(parts))
    other = dice.choice((parts[two][1], b"", b"\0" * 99, b"<x/>", content[:900], b"PK\x03\x04"))
    parts[one], parts[two] = (parts[one][0], other), (parts[two][0], parts[one][1])
    return packed(parts, dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)))


def mistyped(content: bytes, dice: Random) -> bytes:
    """[Content_Types].xml names other kinds."""

    def other(found):
        return b'ContentType="' + dice.choice(TYPES) + b'"' if dice.random() < 0.4 else found[0]

    return _rewritten(
        content, "[Content_Types].xml", lambda xml: re.sub(rb'ContentType="[^"]*"', other, xml)
    )


# XML.


def _rewritten(content: bytes, name: str, change) -> bytes:
    return packed([(each, change(xml) if each == name else xml) for each, xml in parts_of(content)])


def _some_part(content: bytes, dice: Random) -> str:
    """Mostly a sheet, for there is most to be read."""
    names = [name for name, _ in parts_of(content) if name.endswith((".xml", ".rels"))]
    sheets = [name for name in names if "sheet" in name or "workbook" in name]
    return dice.choice(sheets if sheets and dice.random() < 0.7 else names)


def _replaced(xml: bytes, pattern: re.Pattern, group: int, new: bytes, dice: Random) -> bytes:
    found = list(pattern.finditer(xml))
    if not found:
        return xml + new
    place = dice.choice(found)
    return xml[: place.start(group)] + new + xml[place.end(group) :]


def _nasty(dice: Random) -> bytes:
    if dice.random() < 0.7:
        return dice.choice(NASTY)
    text = odd_text(dice)[:20_000].encode("utf-8", "surrogatepass")
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;")


def revalued(content: bytes, dice: Random) -> bytes:
    """Attributes or texts of a part are others."""
    pattern, times = dice.choice((VALUE, TEXT)), dice.choice((1, 2, 20))

    def change(xml):
        for _ in range(times):
            xml = _replaced(xml, pattern, 1, _nasty(dice), dice)
        return xml

    return _rewritten(content, _some_part(content, dice), change)


def rebuilt(content: bytes, dice: Random) -> bytes:
    """Elements of a part are gone, there twice, or others."""

    def change(xml):
        for _ in range(dice.choice((1, 5))):
            found = list(ELEMENT.finditer(xml))
            if not found:
                return b"<x/>"
            old, other = dice.choice(found)[0], dice.choice(found)[0]
            deep = b"<a>" * 5000 + b"</a>" * 5000
            xml = xml.replace(old, dice.choice((b"", old + old, other, b"<!-- x -->", deep)), 1)
        return xml

    return _rewritten(content, _some_part(content, dice), change)


def redeclared(content: bytes, dice: Random) -> bytes:
    """Another encoding, a document type, an instruction, another root, a mark before it."""
    new = dice.choice((
        b'<?xml version="1.0" encoding="utf-7"?>',
        b'<?xml version="1.0" encoding="utf-16"?>',
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'<?xml-stylesheet href="http://evil.example/"?>',
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"<x>",
    ))  # fmt: skip
    return _rewritten(
        content, _some_part(content, dice), lambda xml: new + re.sub(rb"^<\?xml[^>]*\?>", b"", xml)
    )


WAYS = (flipped, cut, beside, lying, dropped, renamed, swapped, mistyped, revalued, revalued,
        revalued, revalued, rebuilt, rebuilt, redeclared)  # fmt: skip


def broken(content: bytes, dice: Random) -> tuple[str, bytes]:
    """(in which way, the file): one thing is wrong, now and then a second."""
    way = dice.choice(WAYS)
    found, done = way(content, dice), way.__name__
    if dice.random() < 0.2:
        found, done = flipped(found or content, dice), f"{done}, flipped"
    return done, found


# Texts.


def scrambled(content: bytes, dice: Random) -> tuple[str, bytes]:
    """(in which way, a CSV that is not what it was)."""
    text = content.decode("utf-8-sig")
    lines = text.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    cells = lines[place].split(",")
    cells[dice.randrange(len(cells))] = odd_text(dice)
    changed = "".join([*lines[:place], ",".join(cells), *lines[place + 1 :]])
    encoding = dice.choice(("utf-8", "utf-8-sig", "cp932", "utf-16", "iso2022_jp", "utf-8"))
    ways = {
        "flipped": lambda: flipped(content, dice),
        "cut": lambda: cut(content, dice),
        "a cell": lambda: changed.encode(encoding, "replace"),
        "half characters": lambda: changed.encode("utf-8", "surrogatepass"),
        "other commas": lambda: text.replace(",", dice.choice((";", "\t", "，"))).encode(),
        "quotes": lambda: text.replace(",", dice.choice((',"', '",', '""')), 3).encode(),
        "a line many times": lambda: (lines[0] + lines[place] * 6000).encode(),
        "the lines shuffled": lambda: "".join(dice.sample(lines, len(lines))).encode(),
    }
    way = dice.choice(list(ways))
    return way, ways[way]()
