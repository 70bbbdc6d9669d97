"""Ask for a removal: typed by its name, with nothing at work in what it takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.edit_stage import StageInUse
from seed.apps.find import stages_of
from seed.apps.records import PRODUCTION, App, Service, Stage
from seed.audit.record import record
from seed.builds.in_stack import running_in, whose
from seed.builds.records import Build, ServiceBuild
from seed.db.base import ring
from seed.errors import Conflict, Invalid, NotFound
from seed.people.actor import Actor
from seed.promotions.promote import promotion_chain
from seed.removals.records import Removal, RemovedStack
from seed.work.jobs.engine import Engine


class NameNotTyped(Invalid):
    """A removal is confirmed by typing the name of what goes."""

    code = "name-not-typed"


class RemovalFound(NotFound):
    """No removal has this number."""

    code = "removal-not-found"


@dataclass(frozen=True, slots=True)
class Doomed:
    """A stack that a removal would delete."""

    stage: Stage
    service: str
    phase: int
    stack_name: str
    left_to: str = ""
    """Who runs in it: then it stays."""


def doomed(session: Session, app: App, stage: Stage | None, service: Service | None) -> list[Doomed]:
    return [one for one in once_made(session, app, stage, service) if not one.left_to]


def once_made(session: Session, app: App, stage: Stage | None, service: Service | None) -> list[Doomed]:
    """The stacks, in the order in which they go: a service of a later phase may use what an earlier one made. Also
    those whose deployment failed or was cancelled, and maybe some that are gone: the account knows. Not what was let
    go of before, with a service that was removed from Seed alone; and with its name what somebody else runs there by
    now, another app for one.
    """
    stages = [stage] if stage else stages_of(session, app.id)
    going = {one.id for one in stages}

    def goes(one: ServiceBuild) -> bool:
        return one.stage_id in going and (service is None or one.service_id == service.id)

    found: dict[tuple[int, str], Doomed] = {}
    for one in stages:
        made = sa.select(Service, ServiceBuild.stack_name).distinct().join_from(ServiceBuild, Service).where(
            ServiceBuild.stage_id == one.id, ServiceBuild.stack_name != "", Service.removed_at.is_(None)
        )  # fmt: skip
        for owner, stack_name in session.execute(made.order_by(Service.id.desc())):
            place = (one.account_id, stack_name)
            if place in found or (service is not None and service.id != owner.id):
                continue
            others = (whose(session, it) for it in running_in(session, one.account, stack_name) if not goes(it))
            found[place] = Doomed(one, owner.name, owner.phase, stack_name, next(others, ""))
    return sorted(found.values(), key=lambda one: (-one.phase, one.stage.position, one.service))


def ask_removal(
    session: Session,
    engine: Engine,
    actor: Actor,
    app: App,
    *,
    stage: Stage | None = None,
    service: Service | None = None,
    typed: str,
    empty_buckets: bool = False,
    keep: bool = False,
    skip_hooks: bool = False,
) -> Removal:
    """With the resources, or `keep` them in the account. Production stages go with their app alone."""
    actor.must("admin")
    going = stage or service
    what = going.name if going else app.slug
    stages = [stage] if stage else stages_of(session, app.id)
    _must_be_meant(what, typed, stage)
    _must_be_idle(session, app, stages)
    removal = Removal(
        app_id=app.id,
        app=app.slug,
        stage=stage.name if stage else "",
        service=service.name if service else "",
        empty_buckets=empty_buckets and not keep,
        keep=keep,
        skip_hooks=skip_hooks,
        asked_by=actor.name,
    )
    removal.stacks = [
        RemovedStack(
            account_id=one.stage.account_id, stage=one.stage.name, service=one.service, phase=one.phase,
            stack_name=one.stack_name, state="kept" if keep else "waiting",
        )
        for one in doomed(session, app, stage, service)
    ]  # fmt: skip
    session.add(removal)
    session.execute(sa.update(Stage).where(Stage.id.in_([one.id for one in stages])).values(removing=True))
    session.flush()
    record(session, actor.name, "removal.asked", what, app_id=app.id, removal=removal.id, keep=keep,
           skip_hooks=skip_hooks, stacks=[one.stack_name for one in removal.stacks])  # fmt: skip
    engine.submit(session, "remove", removal.id, key=f"removal-{removal.id}", order=removal.id)
    ring(session, f"app:{app.id}")
    return removal


def removal_of(session: Session, actor: Actor, removal_id: int) -> Removal:
    actor.must("read")
    found = session.get(Removal, removal_id)
    if found is None:
        raise RemovalFound(f"There is no removal {removal_id}.")
    return found


def removed_stack(session: Session, actor: Actor, removal_id: int, stack_id: int) -> RemovedStack:
    found = next((one for one in removal_of(session, actor, removal_id).stacks if one.id == stack_id), None)
    if found is None:
        raise RemovalFound(f"Removal {removal_id} has no stack {stack_id}.")
    return found


def removals_of(session: Session, actor: Actor, app: App) -> Sequence[Removal]:
    """Newest first."""
    actor.must("read")
    return session.scalars(sa.select(Removal).where(Removal.app_id == app.id).order_by(Removal.id.desc())).all()


def _must_be_meant(what: str, typed: str, stage: Stage | None) -> None:
    if typed != what:
        raise NameNotTyped(f"Type the name {what} to remove it.", hint="Nothing has been removed.")
    if stage is not None and stage.kind == PRODUCTION:
        raise Conflict(f"{stage.name} is a production stage.", hint="Set it as development first, or remove the app.")


def _must_be_idle(session: Session, app: App, stages: Sequence[Stage]) -> None:
    ids = {one.id for one in stages}
    for one in stages:
        if one.removing:
            raise StageInUse(f"{one.name} is being removed already.")
    running = sa.select(Build).where(Build.stage_id.in_(ids), Build.state.in_(("queued", "running")))
    build = session.scalars(running.limit(1)).first()
    if build is not None:
        raise StageInUse(f"Build {build.number} of {build.stage.name} has not ended.", hint="Cancel it or wait.")
    for promotion in promotion_chain(session, app.id):
        if {promotion.target_stage_id, promotion.source_build.stage_id} & ids:
            raise StageInUse(f"Promotion {promotion.id} has not ended.", hint="Decide it first.")
