"""Add one event to the log, in the transaction of what it tells."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from seed.audit.records import AuditEvent
from seed.db.base import ring


def record(
    session: Session, actor: str, action: str, subject: str, *, app_id: int | None = None, **details: Any
) -> None:
    session.add(AuditEvent(actor=actor, action=action, subject=subject, app_id=app_id, details=details))
    ring(session, "activity")
