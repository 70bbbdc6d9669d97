"""Removals: what would go, asked for by name, and how it went."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of
from seed.removals.ask import removal_of, removals_of, removed_stack
from seed.work.logs.log import read
from seed.work.removing import removals

router = APIRouter(tags=["removals"])


@router.get("/apps/{slug}/removals/preview")
def preview_removal(
    world: TheWorld, actor: TheActor, slug: str, stage: str = "", service: str = ""
) -> list[shapes.StackToGo]:
    """What removing a stage, a service (in every stage) or the whole app deletes, and what it leaves to others."""
    return [
        shapes.StackToGo(
            stage=one.stage,
            service=one.service,
            stack_name=one.stack_name,
            headline=one.headline,
            left_to=one.left_to,
            resources=[
                shapes.ResourceToGo(id=name, type=row.resource_type, policy=row.policy_action or "Delete")
                for name, row in one.resources
            ],
            stays=one.stays,
            findings=[
                f"{f.severity.name.lower()}: {f.sentence}" for f in (one.changes.findings if one.changes else ())
            ],
        )
        for one in removals.preview(world, actor, slug, stage, service)
    ]


@router.post("/apps/{slug}/removals", status_code=202)
def ask_removal(world: TheWorld, actor: TheActor, slug: str, asked: shapes.NewRemoval) -> shapes.Removal:
    """With the resources, or `keep` them. `name` is the name of what goes, typed out."""
    made = removals.ask(
        world, actor, slug, stage=asked.stage, service=asked.service, typed=asked.name,
        empty_buckets=asked.empty_buckets, keep=asked.keep, skip_hooks=asked.skip_hooks,
    )  # fmt: skip
    return shapes.Removal.model_validate(made, from_attributes=True)


@router.get("/apps/{slug}/removals")
def list_removals(world: TheWorld, actor: TheActor, slug: str) -> list[shapes.Removal]:
    with world.database.read() as session:
        found = removals_of(session, actor, app_of(session, actor, slug))
        return [shapes.Removal.model_validate(one, from_attributes=True) for one in found]


@router.get("/removals/{removal_id}")
def show_removal(world: TheWorld, actor: TheActor, removal_id: int) -> shapes.Removal:
    with world.database.read() as session:
        return shapes.Removal.model_validate(removal_of(session, actor, removal_id), from_attributes=True)


@router.get("/removals/{removal_id}/stacks/{stack_id}/log")
def show_removal_log(
    world: TheWorld,
    actor: TheActor,
    removal_id: int,
    stack_id: int,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
) -> list[shapes.LogLine]:
    """How one stack went, with what its hooks said: the lines after number `after`."""
    with world.database.read() as session:
        path = world.folders.removal_log(removed_stack(session, actor, removal_id, stack_id).id)
    return [shapes.LogLine(number=x.number, at=x.at, step=x.step, text=x.text) for x in read(path, after, limit)]
