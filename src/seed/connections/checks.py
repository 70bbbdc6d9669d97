"""Whether a commit's checks let it be deployed: for apps that wait for another CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import App
from seed.audit.record import record
from seed.connections.records import CommitCheck
from seed.connections.same_commit import is_commit
from seed.db.base import now, ring
from seed.errors import Invalid
from seed.forges.events import ChecksCompleted
from seed.people.actor import Actor

Verdict = Literal["go", "wait", "stop"]
OURS = "seed/"
"""Statuses that Seed itself sets begin so; they are no reason to deploy."""
LONGEST_LIST = 1000


def verdict(outcomes: Mapping[str, str], required: Sequence[str]) -> Verdict:
    """`required` checks must all have succeeded; where none is named: at least one has, and none has failed."""
    told = [outcomes.get(name) for name in required] if required else list(outcomes.values())
    if "failed" in told:
        return "stop"
    return "go" if told and all(one == "succeeded" for one in told) else "wait"


def checks_of(session: Session, app: App, commit: str) -> dict[str, str]:
    rows = session.execute(
        sa.select(CommitCheck.source, CommitCheck.outcome)
        .where(CommitCheck.app_id == app.id, is_commit(CommitCheck.commit, commit))
        .order_by(CommitCheck.at)
    )
    return {row.source: row.outcome for row in rows}


def may_deploy(session: Session, app: App, commit: str) -> Verdict:
    """Always "go" for an app that waits for nobody."""
    return verdict(checks_of(session, app, commit), required(app)) if app.wait_for_checks else "go"


def keep(session: Session, app: App, told: ChecksCompleted) -> None:
    found = session.scalar(
        sa.select(CommitCheck).where(
            CommitCheck.app_id == app.id, CommitCheck.commit == told.commit, CommitCheck.source == told.source
        )
    )
    row = found or CommitCheck(app_id=app.id, commit=told.commit, source=told.source)
    row.outcome, row.at = told.outcome, now()
    session.add(row)


def required(app: App) -> list[str]:
    return [name.strip() for name in app.required_checks.split(",") if name.strip()]


def set_wait_for_checks(session: Session, actor: Actor, app: App, *, wait: bool, names: str = "") -> None:
    """The switch, and which checks count: names with commas between them, "" for every one that is told."""
    actor.must("admin")
    if len(names) > LONGEST_LIST:
        raise Invalid("These are too many names of checks.", where="required_checks")
    app.wait_for_checks, app.required_checks = wait, ", ".join(n.strip() for n in names.split(",") if n.strip())
    record(session, actor.name, "app.wait_for_checks", app.slug, app_id=app.id, wait=wait, names=app.required_checks)
    ring(session, f"app:{app.id}")
