"""The append-only log: who did what, when. Rows are only ever added; triggers refuse the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from seed.audit.how import how
from seed.db.base import Base, now


class AuditEvent(Base):
    """`action` is noun.verb, such as promotion.confirmed."""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str]
    action: Mapped[str]
    app_id: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    @property
    def how(self) -> str:
        return how(self.details)
