"""Ask for a build of a stage at a commit: a row and a job, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service, Stage
from seed.audit.record import record
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import BUILD, move
from seed.db.base import now, ring
from seed.errors import Conflict, Invalid
from seed.people.actor import Actor
from seed.work.jobs.engine import Engine


class PromotionOnly(Conflict):
    """Only promotions come into the stage."""

    code = "promotion-only"


class StageRemoved(Conflict):
    """The stage's resources are being taken away."""

    code = "stage-removed"


@dataclass(frozen=True, slots=True)
class Commit:
    """What a build says of its commit."""

    sha: str
    subject: str = ""
    author: str = ""
    at: datetime | None = None


def deploy(
    session: Session,
    engine: Engine,
    actor: Actor,
    stage: Stage,
    commit: Commit,
    services: Sequence[Service],
    *,
    trigger: str,
    branch: str = "",
    force: bool = False,
) -> Build:
    """A newer build replaces the one that waits; the running one goes on."""
    actor.must("deploy")
    if not stage.branch:
        raise PromotionOnly(
            f"{stage.name} is reached by promotion only.",
            hint=f"Promote what works in the stage before it: seed promote {stage.app.slug} STAGE --to {stage.name}",
        )
    not_while_removed(session, stage)
    if not services:
        raise Invalid("There is no service to deploy.", hint="Add one to the repository.")
    build = add_build(session, stage.id, commit, services, trigger=trigger, branch=branch, asked_by=actor.name)
    build.forced = force
    _skip_waiting(session, build)
    record(session, actor.name, "build.asked", f"{stage.name} {build.number}", app_id=stage.app_id,
           commit=commit.sha, trigger=trigger, **({"force": True} if force else {}))  # fmt: skip
    engine.submit(session, "build", build.id, key=str(stage.id), order=build.number)
    return build


def not_while_removed(session: Session, stage: Stage) -> None:
    if session.get_one(Stage, stage.id).removing:
        raise StageRemoved(f"{stage.name} is being removed.", hint="Nothing is deployed to it any more.")


def add_build(
    session: Session,
    stage_id: int,
    commit: Commit,
    services: Sequence[Service],
    *,
    trigger: str,
    branch: str,
    asked_by: str,
) -> Build:
    """The rows alone. The number is taken while the stage's row is ours, so numbers appear in order."""
    stage = session.get_one(Stage, stage_id)
    build = Build(
        app_id=stage.app_id,
        stage_id=stage.id,
        number=stage.next_number,
        trigger=trigger,
        branch=branch,
        commit=commit.sha,
        subject=commit.subject[:500],
        author=commit.author[:200],
        committed_at=commit.at,
        asked_by=asked_by,
    )
    stage.next_number += 1
    session.add(build)
    session.flush()
    session.add_all(
        ServiceBuild(build_id=build.id, stage_id=stage.id, service_id=one.id, path=one.path, phase=one.phase)
        for one in services
    )
    session.flush()
    ring(session, f"app:{stage.app_id}", f"build:{build.id}")
    return build


def _skip_waiting(session: Session, newer: Build) -> None:
    waiting = session.scalars(
        sa.select(Build).where(Build.stage_id == newer.stage_id, Build.state == "queued", Build.id != newer.id)
    )
    for build in waiting:
        build.state = move(BUILD, build.state, "skip")
        build.reason = f"superseded by build {newer.number}"
        build.ended_at = now()
        session.execute(
            sa.update(ServiceBuild)
            .where(ServiceBuild.build_id == build.id)
            .values(state="skipped", reason=build.reason, ended_at=now())
        )
        ring(session, f"build:{build.id}")
