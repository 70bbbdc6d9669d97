"""Read the log: newest first, of one app or of everything."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.audit.records import AuditEvent


def activity_of(session: Session, app_id: int | None, limit: int) -> list[AuditEvent]:
    query = sa.select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if app_id is not None:
        query = query.where(AuditEvent.app_id == app_id)
    return list(session.scalars(query))
