"""What a configuration's `frameworkVersion` allows: a version or a range, as npm reads them."""

from __future__ import annotations

import re

NEW = 4
COMPARATOR = re.compile(r"(?P<sign>>=|<=|>|<|=|\^|~)?\s*v?(?P<major>\d+|[xX*])(?P<rest>(?:\.[\dxX*]+)*)[\w.+-]*")
HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")


def only_old(wanted: str) -> bool:
    """Whether it keeps 4 out: `3`, `^3.2`, `2.x || 3.x`, `>=2 <4`; but not `>=3.0.0`, `*` or nothing."""
    if "${" in wanted:  # a variable, known to the framework only
        return False
    parts = [part.strip() for part in wanted.split("||")]
    return bool(wanted.strip()) and not any(_allows_new(part) for part in parts)


def _allows_new(part: str) -> bool:
    """Whether some version from 4 on satisfies every comparator of one alternative."""
    part = HYPHEN.sub(r">=\1 <=\2", part)
    return all(_satisfiable(found) for found in COMPARATOR.finditer(part))


def _satisfiable(comparator: re.Match[str]) -> bool:
    if not comparator["major"].isdigit():
        return True
    major, sign = int(comparator["major"]), comparator["sign"]
    if sign in {">", ">="}:
        return True
    if sign == "<":
        return major > NEW or (major == NEW and bool(re.search(r"[1-9]", comparator["rest"])))
    return major >= NEW
