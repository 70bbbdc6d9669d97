"""Whether two ids mean one commit: Bitbucket tells only the first 12 characters of some."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

SHORTEST = 12


def is_commit(stored: sa.ColumnElement[str] | Any, commit: str) -> sa.ColumnElement[bool]:
    """Either may be cut short. Two whole ones are the same or they are not."""
    if len(commit) < SHORTEST:
        return sa.false()
    same = sa.func.substr(stored, 1, len(commit)) == sa.func.substr(commit, 1, sa.func.length(stored))
    return sa.and_(sa.func.length(stored) >= SHORTEST, same)
