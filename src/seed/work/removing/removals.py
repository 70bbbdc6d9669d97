"""What a removal would take away, read from the account before anybody confirms it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from seed.apps.find import app_of, services_of, stage_of
from seed.apps.records import App, Service, Stage
from seed.changesets import ChangeSet, Deployed, ResourceChange, compare, headline, parse_template
from seed.changesets.enrich import looked_into
from seed.people.actor import Actor
from seed.removals.ask import ask_removal, once_made
from seed.removals.records import Removal
from seed.work.removing.whole_stack import Part, parts, what_stays
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class StackToGo:
    """One stack that the account has; `changes` is None where nothing was made in it yet, or where it stays."""

    stage: str
    service: str
    phase: int
    stack_name: str
    changes: ChangeSet | None
    stays: list[dict[str, Any]]
    """What its policies keep in the account, as the removal will list it."""
    left_to: str = ""
    """Who runs in it: then the removal leaves it."""

    @property
    def headline(self) -> str:
        if self.left_to:
            return f"It stays: {self.left_to} runs in it."
        if not self.changes:
            return "Nothing was made in it yet."
        # The stack goes as a whole: its outputs need no word, and there is nothing else.
        return headline(replace(self.changes, outputs=()), self.stage).removesuffix(" Nothing else changes.")

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
    """Every stack as a change set that removes all of it, in the order in which they go; then those that stay because
    somebody else runs in them.
    """
    actor.must("read")
    with world.database.read() as session:
        app, at, of = _found(session, actor, slug, stage, service)
        rows = [(one, one.stage.account) for one in once_made(session, app, at, of)]
    found = [
        StackToGo(one.stage.name, one.service, one.phase, one.stack_name, None, [], one.left_to)
        for one, _ in rows
        if one.left_to
    ]
    going = []
    for one, account in rows:
        if one.left_to:
            continue
        cloud = world.connect(account)
        whole = {part.path: part for part in parts(cloud, one.stack_name)}
        if not whole and cloud.stack(one.stack_name) is None:
            continue
        changes, stays = _all_of(whole), what_stays(whole.values())
        going.append(StackToGo(one.stage.name, one.service, one.phase, one.stack_name, changes, stays))
    return going + found


def _all_of(whole: Mapping[str, Part], path: str = "") -> ChangeSet | None:
    """As a change set that removes it, with what is inside of the nested stacks that go with it."""
    part = whole.get(path)
    if part is None:
        return None
    ids = {one.logical_id: one.physical_id for one in part.resources}
    changes = compare(
        parse_template(part.template), None, before=part.stack.parameters,
        deployed=Deployed(physical_ids=ids), stack_name=part.stack.name,
    )  # fmt: skip
    nested = ((row.logical_id, _all_of(whole, f"{path}{row.logical_id}/")) for row in changes.resources)
    inside = {name: child for name, child in nested if child}
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
