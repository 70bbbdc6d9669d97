"""What an app makes stages for by itself, how they begin and end, and what a poll saw of its branches."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from seed.db.base import Base, now


class AutomaticStages(Base):
    """One row for branches and one for pull requests; none while nobody has touched the switch."""

    __tablename__ = "automatic_stages"
    __table_args__ = (sa.UniqueConstraint("app_id", "origin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    origin: Mapped[str]
    """seed.apps.records.ORIGINS."""
    on: Mapped[bool] = mapped_column(default=False)
    copy_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stages.id", ondelete="SET NULL"))
    """Whose account, variables, notifications and post-deploy commands a new stage gets."""
    only: Mapped[str] = mapped_column(default="")
    """Patterns of branches with commas between them, such as `feature/*`; "" is every branch."""
    most: Mapped[int] = mapped_column(default=10)
    """How many such stages there may be at a time."""
    remove: Mapped[bool] = mapped_column(default=False)
    """With its AWS resources, once the branch is deleted or the pull request closed."""
    empty_buckets: Mapped[bool] = mapped_column(default=False)
    idle_days: Mapped[int] = mapped_column(default=0)
    """Removed, with its resources, after so many days without a build; 0 never."""
    forks: Mapped[bool] = mapped_column(default=False)
    """Also for pull requests from forks: strangers' code is run with the stage's credentials."""
    previews: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Also packaged for the stages downstream, so that it is known what promoting it would change: its code is then
    run with their variables and credentials. Never what comes from a fork."""


class WaitingStage(Base):
    """A branch or a pull request that gets a stage once there is room: the app has as many as it may have."""

    __tablename__ = "waiting_stages"

    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), primary_key=True)
    origin: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """The branch, or the pull request's number."""
    at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    """Not looked at before: the last time failed."""


class SeenBranch(Base):
    """Where a branch was when the repository was polled last; kept while branches get stages."""

    __tablename__ = "seen_branches"

    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), primary_key=True)
    branch: Mapped[str] = mapped_column(primary_key=True)
    commit: Mapped[str]
