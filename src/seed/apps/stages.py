"""Stages: add one that follows a branch, point one at another account, find what is downstream."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import DEVELOPMENT, PRODUCTION, STAGING, Account, App, Stage
from seed.apps.stage_names import check_stage_name
from seed.audit.record import record
from seed.db.base import ring
from seed.errors import Conflict
from seed.people.actor import Actor

LAST = 10**9
RANK = {DEVELOPMENT: 0, STAGING: 1, PRODUCTION: 2}


def add_stage(
    session: Session,
    actor: Actor,
    app: App,
    name: str,
    branch: str,
    account: Account,
    *,
    kind: str = DEVELOPMENT,
    origin: str = "",
) -> Stage:
    """The last of its kind, or of those that came by themselves. A development stage follows `branch`; into others
    only promotions come.
    """
    actor.must("admin")
    check_stage_name(name)
    if any(stage.name == name for stage in stages_of(session, app.id)):
        raise Conflict(f"{app.slug} has a stage {name!r} already.")
    stage = Stage(
        app_id=app.id,
        account_id=account.id,
        name=name,
        kind=kind,
        branch=branch,
        origin=origin,
        auto_deploy=bool(branch),
        position=LAST,
    )
    session.add(stage)
    session.flush()
    renumber(session, app.id)
    record(session, actor.name, "stage.added", f"{app.slug}/{name}", app_id=app.id, kind=kind, branch=branch)
    return stage


def place(stage: Stage) -> int:
    """Development before staging, and that before production; last what came by itself, so that a crowd of branches
    keeps production in sight.
    """
    return len(RANK) if stage.origin else RANK[stage.kind]


def renumber(session: Session, app_id: int) -> None:
    """Within a place as they stood."""
    for position, row in enumerate(sorted(stages_of(session, app_id), key=place), 1):
        row.position = position
    ring(session, f"app:{app_id}")


def set_always_review(session: Session, actor: Actor, stage: Stage, *, always: bool) -> None:
    """Whether also promotions whose findings are all routine have to be read."""
    actor.must("admin")
    session.get_one(Stage, stage.id).always_review = always
    record(session, actor.name, "stage.always_review", stage.name, app_id=stage.app_id, always=always)
    ring(session, f"app:{stage.app_id}")


def set_package_when_asked(session: Session, actor: Actor, stage: Stage, *, on: bool) -> None:
    """Whether packages for it wait until somebody promotes, instead of being made beside the builds before it."""
    actor.must("admin")
    session.get_one(Stage, stage.id).package_when_asked = on
    record(session, actor.name, "stage.package_when_asked", stage.name, app_id=stage.app_id, on=on)
    ring(session, f"app:{stage.app_id}")


def downstream(session: Session, stage: Stage) -> list[Stage]:
    """Where a stage's builds may be promoted to: the next kind that the app has."""
    return next_of(stage, stages_of(session, stage.app_id))


def next_of(stage: Stage, stages: Iterable[Stage]) -> list[Stage]:
    """The same, of stages that are at hand."""
    later = [s for s in stages if RANK[s.kind] > RANK[stage.kind]]
    if not later:
        return []
    nearest = min(RANK[s.kind] for s in later)
    return [s for s in later if RANK[s.kind] == nearest]
