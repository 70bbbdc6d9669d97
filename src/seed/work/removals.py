"""What a removal would take away, read from the account before anybody confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from seed.apps.find import app_of, services_of, stage_of
from seed.apps.records import App, Service, Stage
from seed.aws.port import Cloud
from seed.changesets import ChangeSet, Deployed, ResourceChange, compare, parse_template
from seed.changesets.enrich import looked_into
from seed.changesets.nested import STACK
from seed.people.actor import Actor
from seed.removals.ask import ask_removal, doomed
from seed.removals.records import Removal
from seed.work.whole_stack import parts, what_stays
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class StackToGo:
    """One stack that the account has; `changes` is None where nothing was made in it yet."""

    stage: str
    service: str
    phase: int
    stack_name: str
    changes: ChangeSet | None
    stays: list[dict[str, Any]]
    """What its policies keep in the account, as the removal will list it."""

    @property
    def resources(self) -> list[tuple[str, ResourceChange]]:
        """What is in it, each with the nested stacks on the way in its name: `Storage/Files`."""
        return list(_flat(self.changes)) if self.changes else []


def _flat(changes: ChangeSet, path: str = "") -> Iterator[tuple[str, ResourceChange]]:
    for row in changes.resources:
        yield f"{path}{row.logical_id}", row
        if row.nested:
            yield from _flat(row.nested, f"{path}{row.logical_id}/")


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
        changes, stays = _all_of(cloud, one.stack_name), what_stays(parts(cloud, one.stack_name))
        found.append(StackToGo(one.stage.name, one.service, one.phase, one.stack_name, changes, stays))
    return found


def _all_of(cloud: Cloud, stack_name: str) -> ChangeSet | None:
    """As a change set that removes it, with what is inside of the nested stacks that go with it."""
    stack, text = cloud.stack(stack_name), cloud.template(stack_name)
    if stack is None or not text:
        return None
    ids = {one.logical_id: one.physical_id for one in cloud.resources(stack_name)}
    changes = compare(
        parse_template(text), {"Resources": {}}, before=stack.parameters, deployed=Deployed(physical_ids=ids),
        stack_name=stack.name,
    )  # fmt: skip
    inside = {
        row.logical_id: child
        for row in changes.resources
        if row.resource_type == STACK and row.policy_action == "Delete" and row.physical_id
        and (child := _all_of(cloud, row.physical_id))
    }  # fmt: skip
    return looked_into(changes, inside) if inside else changes


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
