"""A log as a page shows it: its last lines in steps, each line with a number that can be linked to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from markupsafe import Markup, escape

from seed.builds.records import ServiceBuild
from seed.console.ansi import segments
from seed.work.logs.log import LogLine, read, tail

LAST = 2000
SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,80}")


@dataclass(frozen=True, slots=True)
class Log:
    """`earlier` is the number of the first line shown when there are lines before it, else 0."""

    blocks: tuple[tuple[str, Markup], ...]
    """(step, lines)."""
    last: int = 0
    earlier: int = 0
    lines: int = 0


def end_of(path: Path, anchor: str) -> Log:
    return _log(tail(path, LAST), anchor)


def before(path: Path, anchor: str, number: int) -> Log:
    start = max(0, number - 1 - LAST)
    return _log(read(path, start, min(LAST, number - 1 - start)), anchor) if number > 1 else Log(())


def anchor(row: ServiceBuild) -> str:
    """What a link to a line begins with: the service's name, where that can be one."""
    name = row.service.name
    return name if SAFE.fullmatch(name) else f"service-{row.id}"


def _log(lines: Sequence[LogLine], prefix: str) -> Log:
    blocks = tuple(
        (step, Markup("").join(_line(line, prefix) for line in group))
        for step, group in groupby(lines, lambda line: line.step)
    )
    if not lines:
        return Log(())
    first, last = lines[0].number, lines[-1].number
    return Log(blocks, last=last, earlier=first if first > 1 else 0, lines=last)


def _line(line: LogLine, prefix: str) -> Markup:
    # Built by hand: two thousand of them are half of a page's time.
    number, clock = line.number, escape(line.at[11:23])
    place = f"{prefix}-L{number}"
    text = "".join(
        f'<i class="{style}">{escape(part)}</i>' if style else escape(part) for style, part in segments(line.text)
    )
    return Markup(  # noqa: S704, every part that came from outside is escaped above
        f'<div class="l" id="{place}"><a href="#{place}" tabindex="-1" title="{clock}">{number}</a>'
        f"<span>{text}</span></div>"
    )
