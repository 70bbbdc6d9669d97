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
MOST_TOKENS = 400
AROUND = 3
MOST_FILE_LINES = 10_000
MOST_MARKED = 60
"""So many lines in a row show which of their words differ."""
ALIKE = 0.35
"""Below this likeness, marking words confuses more than it shows."""

Part = tuple[str, str]
"""(mark, text): mark is `-`, `+` or a blank."""
Row = tuple[str, str | tuple[Part, ...]]
"""(mark, line): a line that became another has its differing words marked."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Either two short texts in marked parts (`before`, `after`), or `lines` of a longer one."""

    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    lines: tuple[Row, ...] = ()


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


def file_diff(before: str | None, after: str | None) -> Diff:
    """A file: the lines that differ, each with a few around it; None is not there."""
    if before is None or after is None:
        mark, text = ("+", after or "") if before is None else ("-", before)
        return Diff(lines=tuple((mark, line) for line in _cut(text.splitlines())))
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > MOST_FILE_LINES:
        return Diff(lines=(("@", f"{len(old):,} lines before, {len(new):,} now: too many to be compared here"),))
    found: list[Row] = []
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND):
        first = group[0]
        was, now = first[1] + 1, first[3] + 1
        found.append(("@", f"from line {was}{f', now {now}' if now != was else ''}"))
        for kind, i, j, k, m in group:
            found += [("", line) for line in old[i:j]] if kind == "equal" else _replaced(old[i:j], new[k:m])
        if len(found) > MOST_LINES:
            return Diff(lines=(*found[:MOST_LINES], ("", "… and more lines")))
    return Diff(lines=tuple(found))


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
    marked = _marked(old, new)
    if marked is None:
        return Diff(before=(("-", old),), after=(("+", new),))
    return Diff(before=marked[0], after=marked[1])


def _marked(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    """Both sides with the words marked that differ; None where too little is alike for that to help."""
    left, right = TOKENS.findall(old), TOKENS.findall(new)
    if not left or not right or max(len(left), len(right)) > MOST_TOKENS:
        return None
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    before: list[Part] = []
    after: list[Part] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        mark = kind != "equal"
        before.append(("-" if mark else "", "".join(left[i:j])))
        after.append(("+" if mark else "", "".join(right[k:m])))
    return _joined(before), _joined(after)


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """A blank between two marked words belongs to them: one mark is easier to read than two."""
    kept: list[Part] = []
    for mark, text in parts:
        if not text:
            continue
        if kept and kept[-1][0] == mark:
            kept[-1] = (mark, kept[-1][1] + text)
        elif len(kept) > 1 and kept[-1][1].isspace() and kept[-2][0] == mark:
            blank = kept.pop()[1]
            kept[-1] = (mark, kept[-1][1] + blank + text)
        else:
            kept.append((mark, text))
    return tuple(kept)


def _lines(old: list[str], new: list[str]) -> list[Row]:
    old, new = _cut(old), _cut(new)
    found: list[Row] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [("", line) for line in old[i:j]]
        else:
            found += _replaced(old[i:j], new[k:m])
    return found


def _replaced(old: list[str], new: list[str]) -> list[Row]:
    """Lines that became others: where there are as many of both, each shows which of its words differ."""
    pairs = zip(old, new, strict=True) if len(old) == len(new) <= MOST_MARKED else ()
    marked = [_marked(a, b) for a, b in pairs] or [None] * len(old)
    gone: list[Row] = [("-", pair[0] if pair else line) for line, pair in zip(old, marked, strict=True)]
    if len(old) != len(new):
        return gone + [("+", line) for line in new]
    return gone + [("+", pair[1] if pair else line) for line, pair in zip(new, marked, strict=True)]


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more lines"]
