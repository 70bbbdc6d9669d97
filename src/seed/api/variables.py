"""Variables and secrets of an app and its stages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of, services_of, stage_of
from seed.apps.records import App, Service, Stage
from seed.people.actor import Actor
from seed.variables.change import remove_variable, set_variable
from seed.variables.effective import effective
from seed.variables.env_file import read_env, write_env
from seed.variables.find import variables_of
from seed.work.rotate import rotate
from seed.work.world import World

router = APIRouter(tags=["variables"])


@router.get("/apps/{slug}/variables")
def list_variables(
    world: TheWorld, actor: TheActor, slug: str, stage: str = "", service: str = ""
) -> list[shapes.Variable]:
    """All of an app, or those that count in a stage or for a service. A secret's value is never told."""
    with world.database.read() as session:
        app, in_stage, of = _place(session, actor, slug, stage, service)
        found = variables_of(session, world.vault, actor, app, stage=in_stage, service=of)
    return [shapes.Variable.model_validate(one, from_attributes=True) for one in found]


@router.put("/apps/{slug}/variables/{name}")
def put_variable(
    world: TheWorld, actor: TheActor, slug: str, name: str, asked: shapes.SetVariable
) -> list[shapes.Variable]:
    """Counts from the next deployment on. No stage: all stages; no service: all services."""
    _set(world, actor, slug, {name: asked.value}, asked)
    return _named(list_variables(world, actor, slug, asked.stage, asked.service), [name])


@router.delete("/apps/{slug}/variables/{name}", status_code=204)
def delete_variable(world: TheWorld, actor: TheActor, slug: str, name: str, stage: str = "", service: str = "") -> None:
    """Where it was set: of a stage, name the stage."""
    with world.database.write() as session:
        app, in_stage, of = _place(session, actor, slug, stage, service)
        remove_variable(session, actor, app, name, stage=in_stage, service=of)


@router.post("/apps/{slug}/variables/import")
def import_variables(world: TheWorld, actor: TheActor, slug: str, asked: shapes.EnvFile) -> list[shapes.Variable]:
    """Every variable of a .env file, or none."""
    values = read_env(asked.text)
    _set(world, actor, slug, values, asked)
    return _named(list_variables(world, actor, slug, asked.stage, asked.service), list(values))


@router.get("/apps/{slug}/variables/export")
def export_variables(
    world: TheWorld, actor: TheActor, slug: str, stage: Annotated[str, Query(min_length=1)], service: str = ""
) -> shapes.EnvText:
    """What counts in a stage, as a .env file. Secrets are named, without their values."""
    actor.must("deploy")
    with world.database.read() as session:
        _app, in_stage, of = _place(session, actor, slug, stage, service)
        assert in_stage is not None  # noqa: S101, a stage was named
        return shapes.EnvText(text=write_env(effective(session, world.vault, in_stage, of)))


@router.post("/keys/rotate", tags=["keys"])
def rotate_keys(world: TheWorld, actor: TheActor) -> shapes.Rotated:
    """A new master key; everything sealed is rewrapped with it."""
    return shapes.Rotated(values=rotate(world, actor))


def _place(
    session: Session, actor: Actor, slug: str, stage: str, service: str
) -> tuple[App, Stage | None, Service | None]:
    app = app_of(session, actor, slug)
    in_stage = stage_of(session, actor, slug, stage) if stage else None
    return app, in_stage, services_of(session, app.id, [service])[0] if service else None


def _set(
    world: World, actor: Actor, slug: str, values: dict[str, str], asked: shapes.SetVariable | shapes.EnvFile
) -> None:
    with world.database.write() as session:
        app, stage, of = _place(session, actor, slug, asked.stage, asked.service)
        for name, value in values.items():
            set_variable(session, world.vault, actor, app, name, value, kind=asked.kind, stage=stage, service=of)


def _named(found: list[shapes.Variable], names: list[str]) -> list[shapes.Variable]:
    return [one for one in found if one.name in names]
