"""What a configuration's `frameworkVersion` allows: a version or a range, as npm reads them.

Every comparator is an interval of versions; an alternative is where all of its intervals meet.
"""

from __future__ import annotations

import re

Version = tuple[int, int, int]
Interval = tuple[Version, Version]
FIRST: Version = (0, 0, 0)
LAST: Version = (1 << 30, 0, 0)
NEW: Version = (4, 0, 0)
"""From here on osls refuses configurations that ask for less."""
COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?[\w.+-]*")
HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")


def only_old(wanted: str) -> bool:
    """Whether it keeps 4 out: `3`, `^3.2`, `2.x || 3.x`, `>=2 <4`; but not `>=3.0.0`, `*` or nothing."""
    found = _intervals(wanted)
    return bool(found) and all(high <= NEW for _, high in found)


def fits(version: str, wanted: str) -> bool:
    """Whether a version is one that is asked for; what cannot be read asks for nothing."""
    found = _intervals(wanted)
    numbers = [int(number) for number in re.findall(r"\d+", version)[:3]]
    exact = (*numbers, 0, 0, 0)[:3]
    return not found or any(low <= exact < high for low, high in found)


def _intervals(wanted: str) -> list[Interval]:
    if "${" in wanted:  # a variable, known to the framework only
        return []
    return [meet for part in wanted.split("||") if (meet := _meet(part)) is not None]


def _meet(part: str) -> Interval | None:
    found = [_interval(*c.groups()) for c in COMPARATOR.finditer(HYPHEN.sub(r">=\1 <=\2", part))]
    return (max(low for low, _ in found), min(high for _, high in found)) if found else None


def _interval(sign: str | None, *parts: str | None) -> Interval:
    numbers = [int(part) for part in parts if part and part.isdigit()]
    if not numbers:
        return FIRST, LAST
    low, high = _padded(numbers), _padded([*numbers[:-1], numbers[-1] + 1])
    major, minor = _padded([numbers[0] + 1]), _padded([numbers[0], _padded(numbers)[1] + 1])
    by_sign: dict[str, Interval] = {
        ">=": (low, LAST),
        ">": (high, LAST),
        "<": (FIRST, low),
        "<=": (FIRST, high),
        "^": (low, major),
        "~": (low, minor if len(numbers) > 1 else major),
    }
    return by_sign.get(sign or "=", (low, high))


def _padded(numbers: list[int]) -> Version:
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return major, minor, patch
