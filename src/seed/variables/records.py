"""A variable, and each of its versions. What was once written is never changed: rollbacks use it again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from seed.apps.records import Service, Stage
from seed.db.base import Base, now

PLAIN, SECRET, SSM, SECRETS_MANAGER, REMOVED = "plain", "secret", "ssm", "secretsmanager", "removed"
KINDS = (PLAIN, SECRET, SSM, SECRETS_MANAGER)
REFERENCES = (SSM, SECRETS_MANAGER)


class Variable(Base):
    """One name in one place: the app or one of its stages, for all services or for one."""

    __tablename__ = "variables"
    __table_args__ = (sa.UniqueConstraint("app_id", "place", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"), index=True)
    """None: every stage of the app."""
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id", ondelete="CASCADE"))
    """None: every service."""
    place: Mapped[str]
    """The two above as one word, since a database holds two NULLs to be different."""
    name: Mapped[str]
    kind: Mapped[str]
    """plain | secret | ssm | secretsmanager | removed: that of the newest version."""
    version: Mapped[int] = mapped_column(default=1)

    stage: Mapped[Stage | None] = relationship(viewonly=True)
    service: Mapped[Service | None] = relationship(viewonly=True)
    versions: Mapped[list[VariableVersion]] = relationship(order_by="VariableVersion.number.desc()", viewonly=True)


class VariableVersion(Base):
    """What it was from then on, and who said so."""

    __tablename__ = "variable_versions"
    __table_args__ = (sa.UniqueConstraint("variable_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    variable_id: Mapped[int] = mapped_column(sa.ForeignKey("variables.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    kind: Mapped[str]
    sealed_value: Mapped[bytes | None]
    """None: removed."""
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
