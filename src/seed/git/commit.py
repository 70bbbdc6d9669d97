"""A commit as Git's log tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

FIELDS = ("%H", "%an", "%ae", "%at", "%s", "%B")
LATEST = 253_402_300_799
"""The last second that a date of ours can hold; a commit may claim any."""


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    author: str
    email: str
    at: datetime
    subject: str
    message: str


def commits(log: str) -> list[Commit]:
    """Of a log whose format is `FIELDS`, each of them ended by the one character that no commit can hold."""
    told = log.split("\x00")
    return [_parse(told[at : at + len(FIELDS)]) for at in range(0, len(told) - len(FIELDS) + 1, len(FIELDS))]


def _parse(told: Sequence[str]) -> Commit:
    sha, author, email, at, subject, message = told
    seconds = int(at) if at.isdigit() else 0
    return Commit(sha, author, email, datetime.fromtimestamp(min(seconds, LATEST), UTC), subject, message.strip())
