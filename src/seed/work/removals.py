"""What a removal would take away, read from the account before anybody confirms it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from seed.apps.find import app_of, services_of, stage_of
from seed.apps.records import App, Service, Stage
from seed.changesets import ChangeSet, compare, parse_template
from seed.people.actor import Actor
from seed.removals.ask import ask_removal, doomed
from seed.removals.records import Removal
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class StackToGo:
    """One stack that the account has; `changes` is None where nothing was made in it yet."""

    stage: str
    service: str
    phase: int
    stack_name: str
    changes: ChangeSet | None


def preview(world: World, actor: Actor, slug: str, stage: str = "", service: str = "") -> list[StackToGo]:
    """Every stack as a change set that removes all of it, in the order in which they go."""
    actor.must("read")
    with world.database.read() as session:
        app, at, of = _found(session, actor, slug, stage, service)
        rows = [(one, one.stage.account) for one in doomed(session, app, at, of)]
    found = []
    for one, account in rows:
        cloud = world.connect(account)
        if cloud.stack(one.stack_name) is None:
            continue
        text = cloud.template(one.stack_name)
        changes = compare(parse_template(text), {"Resources": {}}, stack_name=one.stack_name) if text else None
        found.append(StackToGo(one.stage.name, one.service, one.phase, one.stack_name, changes))
    return found


def ask(
    world: World, actor: Actor, slug: str, *, stage: str = "", service: str = "", typed: str,
    empty_buckets: bool = False, keep: bool = False, skip_hooks: bool = False,
) -> Removal:  # fmt: skip
    with world.database.write() as session:
        app, at, of = _found(session, actor, slug, stage, service)
        made = ask_removal(
            session, world.engine, actor, app, stage=at, service=of, typed=typed, empty_buckets=empty_buckets,
            keep=keep, skip_hooks=skip_hooks,
        )  # fmt: skip
        _ = made.stacks  # loaded while the session is open
        return made


def _found(
    session: Session, actor: Actor, slug: str, stage: str, service: str
) -> tuple[App, Stage | None, Service | None]:
    app = app_of(session, actor, slug)
    at = stage_of(session, actor, slug, stage) if stage else None
    of = services_of(session, app.id, [service])[0] if service else None
    return app, at, of
