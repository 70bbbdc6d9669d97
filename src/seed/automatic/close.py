"""Let a stage go that came by itself: first marked with the reason, then removed as soon as nothing is at work in it.

What is marked is tried again by the clock, so that a kill between the two loses nothing. A removal that failed is
tried again a day later; a person may do it at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.edit_stage import StageInUse
from seed.apps.records import DEVELOPMENT, Stage
from seed.audit.record import record
from seed.automatic.decide import is_idle
from seed.automatic.find import settings_of
from seed.builds.records import Build
from seed.db.base import ring
from seed.people.actor import SEED, Actor
from seed.removals.ask import ask_removal
from seed.removals.records import Removal
from seed.work.jobs.engine import Engine

AGAIN = timedelta(days=1)
IDLE = "nothing was built"
"""How the mark of an idle stage begins."""


def close(session: Session, stage: Stage, reason: str) -> None:
    if stage.closing:
        return
    stage.closing = reason
    record(session, SEED.name, "stage.closing", stage.name, app_id=stage.app_id, reason=reason)
    ring(session, f"app:{stage.app_id}")


def let_stay(session: Session, stage: Stage, actor: Actor = SEED) -> None:
    """Before the removal has begun: the branch or the pull request is there again, or somebody uses it."""
    if stage.closing and not stage.removing:
        stage.closing = ""
        record(session, actor.name, "stage.kept", stage.name, app_id=stage.app_id)
        ring(session, f"app:{stage.app_id}")


def used(session: Session, actor: Actor, stage: Stage) -> None:
    """A build was asked for: a stage that was to go since nothing was built in it stays."""
    if stage.closing.startswith(IDLE):
        let_stay(session, stage, actor)


def close_idle(session: Session, at: datetime) -> None:
    for stage in _open(session):
        days = _idle_days(session, stage, at)
        if days:
            close(session, stage, f"{IDLE} for {days} days")


def closing(session: Session) -> list[int]:
    """Ids of the stages that wait to be removed."""
    return [stage.id for stage in _open(session) if stage.closing and not stage.removing]


def remove_closed(session: Session, engine: Engine, stage_id: int, at: datetime) -> bool:
    """Whether its removal has begun. It waits for builds and promotions that have not ended."""
    stage = session.get(Stage, stage_id)
    if stage is None or not stage.closing or stage.removing or stage.kind != DEVELOPMENT:
        return False
    if stage.closing.startswith(IDLE) and not _idle_days(session, stage, at):
        let_stay(session, stage)
        return False
    failed = sa.select(Removal.id).where(
        Removal.app_id == stage.app_id, Removal.stage == stage.name, Removal.state == "failed",
        Removal.ended_at > at - AGAIN,
    )  # fmt: skip
    if session.scalar(failed.limit(1)) is not None:
        return False
    empty = settings_of(session, stage.app_id, stage.origin).empty_buckets
    try:
        ask_removal(session, engine, SEED, stage.app, stage=stage, typed=stage.name, empty_buckets=empty)
    except StageInUse:
        return False
    return True


def _idle_days(session: Session, stage: Stage, at: datetime) -> int:
    """After how many days without a build, or a word that it stays, it goes; 0 while it does not."""
    days = settings_of(session, stage.app_id, stage.origin).idle_days
    newest = session.scalar(sa.select(sa.func.max(Build.created_at)).where(Build.stage_id == stage.id))
    last = max((one for one in (newest or stage.made_at, stage.kept_at) if one is not None), default=None)
    return days if is_idle(days, last, at) else 0


def _open(session: Session) -> Sequence[Stage]:
    return session.scalars(sa.select(Stage).where(Stage.removed_at.is_(None), Stage.origin != "")).all()
