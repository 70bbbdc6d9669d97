"""What an app's forge has not been told yet because it does not answer, or asks to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.connections.records import ForgeConnection, ForgeMessage


@dataclass(frozen=True, slots=True)
class Backlog:
    """`waiting` is 0 while the forge answers: what waits a moment for its turn is no backlog."""

    waiting: int = 0
    problem: str = ""
    next_at: datetime | None = None


def backlog_of(session: Session, connection: ForgeConnection) -> Backlog:
    """All that waits, the newest answer to an attempt, and when the next one is due."""
    rows = session.scalars(
        sa.select(ForgeMessage)
        .where(ForgeMessage.app_id == connection.app_id, ForgeMessage.state == "waiting")
        .order_by(ForgeMessage.due_at)
    ).all()
    tried = [row for row in rows if row.problem]
    if not tried:
        return Backlog()
    rest = connection.paused_until
    return Backlog(len(rows), tried[-1].problem, max(rows[0].due_at, rest) if rest else rows[0].due_at)
