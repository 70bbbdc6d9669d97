r"""Colours of a terminal as classes: `segments("\x1b[31mno\x1b[0m")` is `[("f1", "no")]`.

Cursor moves, links, titles and control characters are taken out; signs that turn the direction of text are
made visible, so that a log cannot show what it does not say. Nothing here makes markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Segment = tuple[str, str]

SPLIT = re.compile(r"\x1b\[([0-9;:]*)m")
OTHER = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links
    r"|\x1b\[[0-?]*[ -/]*[@-ln-~]"  # cursor moves and the like: whatever is not a colour
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # device strings
    r"|\x1b[^\[\]PX^_]"
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STYLES = {"1": "b", "2": "d", "3": "i", "4": "u"}
ENDS = {"22": "bd", "23": "i", "24": "u"}
COLOURS = {str(base + n): f"f{n}" for base in (30, 90) for n in range(8)}
NAMED = 16
"""Of the 256 colours, these have a name and so a class of ours."""


def segments(text: str) -> list[Segment]:
    """(classes, text), in order; a plain line is one segment without a class."""
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part), "")
    if "\x1b" not in text:
        clean = _clean(text)
        return [("", clean)] if clean else []
    style: frozenset[str] = frozenset()
    found: list[Segment] = []
    for index, part in enumerate(SPLIT.split(OTHER.sub("", text))):
        if index % 2:
            style = _styled(style, part)
        elif clean := _clean(part):
            found.append((" ".join(sorted(style)), clean))
    return found


def _clean(text: str) -> str:
    return TURNING.sub("\u00b7", CONTROL.sub("", text))


def _styled(style: frozenset[str], codes: str) -> frozenset[str]:
    numbers = iter(re.split("[;:]", codes))
    for code in numbers:
        if code in {"", "0", "00"}:
            style = frozenset()
        elif code in {"38", "48"}:
            named = _extended(numbers)
            style = _coloured(style, named) if code == "38" and named else style
        elif code in STYLES:
            style |= {STYLES[code]}
        elif code in ENDS:
            style -= set(ENDS[code])
        elif code == "39":
            style = _coloured(style, "")
        elif code in COLOURS:
            style = _coloured(style, COLOURS[code])
    return style


def _coloured(style: frozenset[str], colour: str) -> frozenset[str]:
    """Backgrounds are left out: they make logs unreadable in one theme or the other."""
    rest = frozenset(name for name in style if not name.startswith("f"))
    return rest | {colour} if colour else rest


def _extended(numbers: Iterator[str]) -> str:
    """Step over `5;n` or `2;r;g;b`; the class of n when it is one of the first sixteen."""
    kind = next(numbers, "")
    values = [next(numbers, "") for _ in range({"5": 1, "2": 3}.get(kind, 0))]
    if kind == "5" and values[0].isdigit() and int(values[0]) < NAMED:
        return f"f{int(values[0]) % 8}"
    return ""
