"""Terminal colours as spans: pieces of text with class names, never markup, never cursor moves or links."""

from __future__ import annotations

import re

ESCAPE = re.compile(r"\x1b(?:\[([0-9;]*)m|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
PLAIN, BOLD, DIM, FIRST, LAST, BRIGHT, DEFAULT = 0, 1, 2, 30, 37, 90, 39
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def pieces(text: str) -> list[tuple[str, str]]:
    """(class names, text) in order; classes are `a-red`, `a-bold`, `a-dim`, or none."""
    found: list[tuple[str, str]] = []
    colour, weight, at = "", "", 0
    for escape in ESCAPE.finditer(text):
        _add(found, colour, weight, text[at : escape.start()])
        at = escape.end()
        if escape[1] is not None:
            for code in escape[1].split(";"):
                colour, weight = _apply(int(code or 0), colour, weight)
    _add(found, colour, weight, text[at:])
    return found or [("", "")]


def _apply(code: int, colour: str, weight: str) -> tuple[str, str]:
    if code == PLAIN:
        return "", ""
    if code in {BOLD, DIM}:
        return colour, "a-bold" if code == BOLD else "a-dim"
    if code == DEFAULT:
        return "", weight
    if FIRST <= code <= LAST:
        return f"a-{COLOURS[code - FIRST]}", weight
    if BRIGHT <= code < BRIGHT + len(COLOURS):
        return f"a-{COLOURS[code - BRIGHT]}", weight
    return colour, weight


def _add(found: list[tuple[str, str]], colour: str, weight: str, text: str) -> None:
    if text:
        found.append((f"{colour} {weight}".strip(), CONTROL.sub("", text)))
