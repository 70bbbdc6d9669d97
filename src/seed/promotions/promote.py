"""Ask for a promotion or a rollback: choose what goes where, and have it planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service, Stage
from seed.apps.stages import downstream
from seed.audit.record import record
from seed.builds.deploy import not_while_removed
from seed.builds.find import running_services, stage_busy, working_build
from seed.builds.records import Build, ServiceBuild
from seed.db.base import ring
from seed.errors import Conflict, Invalid
from seed.people.actor import Actor
from seed.promotions.records import Promotion, ServicePlan
from seed.work.jobs.engine import Engine


class NothingToPromote(Conflict):
    """The source stage has no working build, or not of these services."""

    code = "nothing-to-promote"


class NotDownstream(Invalid):
    """The target is not where this stage's builds may go."""

    code = "not-downstream"


class StageBusy(Conflict):
    """The target stage is being deployed."""

    code = "stage-busy"


def promote(
    session: Session,
    engine: Engine,
    actor: Actor,
    source: Stage,
    services: Sequence[Service],
    *,
    to: Stage | None = None,
    named: bool = False,
) -> Promotion:
    """From the working build of `source` to the next downstream stage. Where the services are `named` each of them
    must run there; else all that run go.
    """
    actor.must("deploy")
    target = _target(session, source, to)
    build = working_build(session, source.id)
    if build is None:
        raise NothingToPromote(
            f"{source.name} has no working build.", hint=f"Deploy it first: seed deploy APP {source.name}"
        )
    running = running_services(session, source.id)
    chosen = _those(running, services, named, source.name, f"Deploy first: seed deploy APP {source.name}")
    return ask(session, engine, actor, build, target, chosen, kind="promotion")


def roll_back(
    session: Session,
    engine: Engine,
    actor: Actor,
    stage: Stage,
    build: Build,
    services: Sequence[Service],
    *,
    named: bool = False,
) -> Promotion:
    """To what ran in `stage` at an earlier build of its own; the stored packages, no rebuild."""
    actor.must("deploy")
    if build.stage_id != stage.id or build.state != "succeeded" or build.promotion_id is None:
        raise Invalid(
            f"Build {build.number} is not an earlier promoted build of {stage.name}.",
            hint=f"seed builds APP --stage {stage.name} lists them.",
        )
    then = running_services(session, stage.id, up_to=build.number)
    place = f"{stage.name} as of build {build.number}"
    chosen = _those(then, services, named, place, "Choose a later build, or leave it out.")
    return ask(session, engine, actor, build, stage, chosen, kind="rollback")


def ask(
    session: Session,
    engine: Engine,
    actor: Actor,
    build: Build,
    target: Stage,
    chosen: Sequence[ServiceBuild],
    *,
    kind: str,
    replaces: Promotion | None = None,
) -> Promotion:
    """The rows and the planning job."""
    if not chosen:
        raise NothingToPromote("None of these services has run there.", hint="Deploy them first.")
    not_while_removed(session, target)
    busy = stage_busy(session, target)
    if busy is not None:
        raise StageBusy(f"{target.name} is being deployed by build {busy.number}.", hint="Wait until it has ended.")
    promotion = Promotion(
        app_id=target.app_id,
        kind=kind,
        source_build_id=build.id,
        target_stage_id=target.id,
        replaces_id=replaces.id if replaces else None,
        asked_by=actor.name,
    )
    session.add(promotion)
    session.flush()
    session.add_all(
        ServicePlan(promotion_id=promotion.id, service_id=row.service_id, source_service_build_id=row.id)
        for row in chosen
    )
    record(session, actor.name, f"{kind}.asked", f"{target.name} #{promotion.id}", app_id=target.app_id,
           source_build=build.number)  # fmt: skip
    engine.submit(session, "plan", promotion.id, key="", order=promotion.id)
    ring(session, f"app:{target.app_id}")
    return promotion


def promotion_chain(session: Session, app_id: int) -> list[Promotion]:
    """Every promotion of an app that has not ended, newest first."""
    return list(
        session.scalars(
            sa.select(Promotion)
            .where(
                Promotion.app_id == app_id,
                Promotion.state.in_(("planning", "review", "confirmed", "deploying")),
            )
            .order_by(Promotion.id.desc())
        )
    )


def _those(
    running: Mapping[int, ServiceBuild], services: Sequence[Service], named: bool, where: str, hint: str
) -> list[ServiceBuild]:
    missing = [service.name for service in services if service.id not in running] if named else []
    if missing:
        verb = "does" if len(missing) == 1 else "do"
        raise NothingToPromote(f"{', '.join(missing)} {verb} not run in {where}.", hint=hint)
    return [running[service.id] for service in services if service.id in running]


def _target(session: Session, source: Stage, to: Stage | None) -> Stage:
    reachable = downstream(session, source)
    if not reachable:
        raise NotDownstream(f"Nothing is downstream of {source.name}.")
    if to is None:
        if len(reachable) > 1:
            names = ", ".join(stage.name for stage in reachable)
            raise NotDownstream(f"{source.name} can go to several stages: {names}.", hint="Name one: --to")
        return reachable[0]
    if to.id not in {stage.id for stage in reachable}:
        raise NotDownstream(
            f"Builds of {source.name} do not go to {to.name}.",
            hint="They go to " + ", ".join(stage.name for stage in reachable) + ".",
        )
    return to
