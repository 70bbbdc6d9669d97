"""Before and after, so that a person sees the difference: words of a text, lines of a structure."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from seed.changesets.values import show

TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
LONGEST_INLINE = 90
MOST_LINES = 400
LONGEST_TEXT = 20_000
ALIKE = 0.35
"""Below this likeness, marking words confuses more than it shows."""

Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Diff:
    """Either two short texts in marked parts (`before`, `after`), or `lines` of a longer one."""

    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    lines: tuple[Part, ...] = ()
    """(mark, text): mark is `-`, `+` or a blank."""


def diff(before: Any, after: Any) -> Diff:
    old, new = _short(before), _short(after)
    if old is not None and new is not None:
        return _words(old, new)
    return Diff(lines=tuple(_lines(_long(before), _long(after))))


def one(value: Any, mark: str) -> Diff:
    """A value that is only added (`+`) or only removed (`-`)."""
    short = _short(value)
    if short is not None:
        part = ((mark, short),)
        return Diff(before=part) if mark == "-" else Diff(after=part)
    return Diff(lines=tuple((mark, line) for line in _cut(_long(value))))


def whole(before: Any, after: Any) -> Diff:
    """Line by line, however short; None is not there."""
    if before is not None and after is not None:
        return Diff(lines=tuple(_lines(_long(before), _long(after))))
    mark, there = ("-", before) if after is None else ("+", after)
    return Diff(lines=tuple((mark, line) for line in _cut(_long(there))))


def _short(value: Any) -> str | None:
    """On one line; None when it is too long for that, or has parts that are better read one below another."""
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return None
    text = show(value)
    return text if len(text) <= LONGEST_INLINE and "\n" not in text else None


def _long(value: Any) -> list[str]:
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value) if value[:1] in "{[" else value
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return text[:LONGEST_TEXT].split("\n")


def _words(old: str, new: str) -> Diff:
    left, right = TOKENS.findall(old), TOKENS.findall(new)
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    if (start + end) / (max(len(left), len(right)) or 1) < ALIKE:
        return Diff(before=(("-", old),), after=(("+", new),))
    return Diff(before=_marked(left, start, end, "-"), after=_marked(right, start, end, "+"))


def _common(left: list[str], right: list[str]) -> int:
    """So many tokens are the same at the beginning."""
    for index, (one_side, other) in enumerate(zip(left, right, strict=False)):
        if one_side != other:
            return index
    return min(len(left), len(right))


def _marked(tokens: list[str], start: int, end: int, mark: str) -> tuple[Part, ...]:
    """What is the same on both sides stays unmarked around what is not."""
    last = len(tokens) - end
    parts = (("", "".join(tokens[:start])), (mark, "".join(tokens[start:last])), ("", "".join(tokens[last:])))
    return tuple(part for part in parts if part[1])


def _lines(old: list[str], new: list[str]) -> list[Part]:
    old, new = _cut(old), _cut(new)
    found: list[Part] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [("", line) for line in old[i:j]]
        else:
            found += [("-", line) for line in old[i:j]] + [("+", line) for line in new[k:m]]
    return found


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more lines"]
