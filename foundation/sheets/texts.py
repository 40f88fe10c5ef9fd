"""The one door for texts into files and out of forms: which characters may leave, and as what.

| file | what becomes of a text |
|---|---|
| .xlsx | `leaving`; `_x000D_` is written as `_x005F_x000D_`, else Excel reads a character |
| CSV | `leaving`; what a spreadsheet would take for a formula begins with an apostrophe |
| JSON, HTML (the public edition) | `leaving` |
| a form, an uploaded list | `kept`: what can never leave does not come in |

Dropped: characters that XML 1.0 does not allow (control characters, lone surrogates, U+FFFE and
U+FFFF), the other non-characters, and marks that turn the direction of what follows: none of them
shows, and the last make a text read otherwise than it is. Everything else leaves as it was typed.
"""

import re
from collections import Counter
from typing import Any

NEXT_LINE = "\x85"
_PLANES = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_DROPPED = re.compile(f"[{_CONTROL}\ud800-\udfff\ufdd0-\ufdef{_PLANES}{_TURNING}]")
_LINE_ENDS = re.compile("\r\n?")


def kept(text: str) -> str:
    """A text as it may come in: without the characters that can never leave."""
    return _DROPPED.sub("", text).replace(
        NEXT_LINE,
        "\n",
    )


def leaving(text: str) -> str:
    """A text as it may leave: `kept`, and every line ends alike."""
    return _LINE_ENDS.sub("\n", kept(text))


def drawn(figure: Any) -> Any:
    """A plotly figure in which names and labels are text: the chart library reads tags in them.

    Templates of ours (`hovertemplate`) keep theirs.
    """
    if isinstance(figure, str):
        return figure.replace("<", "&lt;")
    if isinstance(figure, list | tuple):
        return [drawn(each) for each in figure]
    if isinstance(figure, dict):
        return {
            key: part if key.endswith("template") else drawn(part) for key, part in figure.items()
        }
    return figure


def unfit(text: str) -> Counter[str]:
    """The characters of a text that cannot leave: {"U+FFFE": 1}."""
    return Counter(f"U+{ord(sign):04X}" for sign in _DROPPED.findall(text))
