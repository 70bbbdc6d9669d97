"""Whether a commit's checks let it be deployed: for apps that wait for another CI."""

from __future__ import annotations

import hashlib
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
from seed.forges.events import CheckMoved
from seed.people.actor import Actor

Verdict = Literal["go", "wait", "stop"]
OURS = "seed/"
"""Statuses that Seed itself sets begin so; they are no reason to deploy."""
LONGEST_LIST = 1000
LONGEST_NAME = 200
MOST = 200
"""Checks of one commit that are remembered, and those that are named beside."""
WORSE = ("succeeded", "pending", "failed")


def verdict(outcomes: Mapping[str, str], required: Sequence[str]) -> Verdict:
    """`required` checks must all have succeeded; where none is named: all that are known, and at least one."""
    told = [outcomes.get(name) for name in required] if required else list(outcomes.values())
    if "failed" in told:
        return "stop"
    unknown = not required and len(told) >= MOST
    return "go" if told and not unknown and all(one == "succeeded" for one in told) else "wait"


def checks_of(session: Session, app: App, commit: str) -> dict[str, str]:
    """By name; the worst, where several have one name."""
    rows = session.execute(
        sa.select(CommitCheck.source, CommitCheck.origin, CommitCheck.outcome)
        .where(CommitCheck.app_id == app.id, is_commit(CommitCheck.commit, commit))
        .order_by(CommitCheck.at)
    )
    newest = {(row.source, row.origin): row.outcome for row in rows}  # Bitbucket spells one commit in two ways
    found: dict[str, str] = {}
    for (source, _), outcome in newest.items():
        found[source] = max(outcome, found.get(source, outcome), key=WORSE.index)
    return found


def may_deploy(session: Session, app: App, commit: str) -> Verdict:
    """Always "go" for an app that waits for nobody."""
    return verdict(checks_of(session, app, commit), required(app)) if app.wait_for_checks else "go"


def holding(session: Session, app: App, commit: str) -> dict[str, str]:
    """The checks that hold it back, with what is known of each; one that is named and was not told of is missing."""
    found = checks_of(session, app, commit)
    wanted = {name: found.get(name, "missing") for name in required(app)} or found
    return {name: outcome for name, outcome in wanted.items() if outcome != "succeeded"}


def keep(session: Session, app: App, told: CheckMoved) -> bool:
    """False where nothing is: something newer is known of it, or too many checks are. Then nothing goes by itself."""
    source = short(told.source)
    of_commit = sa.and_(CommitCheck.app_id == app.id, CommitCheck.commit == told.commit)
    found = session.scalar(
        sa.select(CommitCheck).where(of_commit, CommitCheck.source == source, CommitCheck.origin == told.origin)
    )
    if found is not None and not is_newer(told, found):
        return False
    if found is None and source not in required(app):
        many = session.scalar(sa.select(sa.func.count(CommitCheck.id)).where(of_commit)) or 0
        if many >= MOST:
            return False
    row = found or CommitCheck(app_id=app.id, commit=told.commit, source=source, origin=told.origin)
    row.outcome, row.number, row.said_at, row.at = told.outcome, told.number, told.at, now()
    session.add(row)
    return True


def is_newer(told: CheckMoved, known: CommitCheck) -> bool:
    """Events come late and twice. A later run counts, and of one run what came later; at one moment, its end."""
    if told.number != known.number:
        return told.number > known.number
    begins_again = told.outcome == "pending" and known.outcome != "pending"
    if told.at and known.said_at and told.at != known.said_at:
        return told.at > known.said_at
    return not (begins_again and (told.number or told.at))


def short(name: str) -> str:
    """As it is remembered: names come from whoever writes the checks."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}…{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def required(app: App) -> list[str]:
    return [short(name.strip()) for name in app.required_checks.split(",") if name.strip()]


def set_wait_for_checks(session: Session, actor: Actor, app: App, *, wait: bool, names: str = "") -> None:
    """The switch, and which checks count: names with commas between them, "" for every one that is told."""
    actor.must("admin")
    if len(names) > LONGEST_LIST:
        raise Invalid("These are too many names of checks.", where="required_checks")
    app.wait_for_checks, app.required_checks = wait, ", ".join(n.strip() for n in names.split(",") if n.strip())
    record(session, actor.name, "app.wait_for_checks", app.slug, app_id=app.id, wait=wait, names=app.required_checks)
    ring(session, f"app:{app.id}")
