"""Whether a branch or a pull request gets a stage by itself, and when one has been idle for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Rule:
    """A switch of the app, as it stands."""

    on: bool
    most: int = 10
    only: tuple[str, ...] = ()
    forks: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a stage would be for."""

    what: str
    """As people call it: `the branch feature/login`."""
    branch: str
    from_fork: bool = False


def why_not(rule: Rule, wanted: Wanted, there: int) -> str | None:
    """None: it gets one. "" : nothing to say. Else the reason, in a sentence. `there`: how many there are already."""
    if not rule.on or (rule.only and not any(fnmatchcase(wanted.branch, pattern) for pattern in rule.only)):
        return ""
    what = wanted.what[:1].upper() + wanted.what[1:]
    if wanted.from_fork and not rule.forks:
        return f"{what} comes from a fork: it gets no stage."
    if there >= rule.most:
        return f"{what} gets no stage: {there} of {rule.most} are there already."
    return None


def waits(rule: Rule, wanted: Wanted, there: int) -> bool:
    """Whether it is only for want of room that it gets none."""
    return why_not(rule, wanted, there) is not None and why_not(rule, wanted, 0) is None


def is_idle(days: int, last: datetime | None, at: datetime) -> bool:
    """`last`: when it was made or built last."""
    return bool(days) and last is not None and at - last > timedelta(days=days)
