"""Services of an app and their phases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of
from seed.apps.services import arrange, check_by, set_unit_tests
from seed.people.actor import Actor
from seed.work.packaging import compat
from seed.work.source import services
from seed.work.world import World

router = APIRouter(tags=["services"])
Ref = Annotated[str, Query(max_length=250)]
"""A commit, branch or tag."""


@router.get("/apps/{slug}/services/found")
def find_services(world: TheWorld, actor: TheActor, slug: str) -> list[shapes.FoundService]:
    """Every service of the app's branch, whether the app has it or not."""
    return [
        shapes.FoundService(path=one.service.path, config=one.service.config, name=one.service.name, known=one.known)
        for one in services.look(world, actor, slug)
    ]


@router.get("/apps/{slug}/check")
def check_services(world: TheWorld, actor: TheActor, slug: str, commit: Ref = "") -> list[shapes.Compatibility]:
    """A compatibility report per service: which framework line fits, what stops it, the smallest edit as a diff."""
    found = compat.check(world, actor, slug, commit)
    return [shapes.Compatibility.model_validate(one, from_attributes=True) for one in found]


@router.get("/apps/{slug}/lint")
def lint_spec(world: TheWorld, actor: TheActor, slug: str, commit: Ref = "") -> list[shapes.SpecProblem]:
    """Everything that is wrong with the `seed.yml` of a commit, branch or tag; by default of the app's branch."""
    found = compat.lint(world, actor, slug, commit)
    return [shapes.SpecProblem.model_validate(one, from_attributes=True) for one in found]


@router.post("/apps/{slug}/services", status_code=201)
def add_service(world: TheWorld, actor: TheActor, slug: str, asked: shapes.ServicePath) -> shapes.App:
    """The service whose configuration is at `path` in the app's branch."""
    services.add_service(world, actor, slug, asked.path)
    return _app(world, actor, slug)


@router.patch("/apps/{slug}/services/{name}")
def move_service(world: TheWorld, actor: TheActor, slug: str, name: str, asked: shapes.ServicePath) -> shapes.App:
    """To another folder. Its name and history stay."""
    services.move_service(world, actor, slug, name, asked.path)
    return _app(world, actor, slug)


@router.put("/apps/{slug}/phases")
def arrange_phases(world: TheWorld, actor: TheActor, slug: str, asked: shapes.Phases) -> shapes.App:
    """Every service in exactly one phase."""
    with world.database.write() as session:
        arrange(session, actor, app_of(session, actor, slug), asked.phases)
    return _app(world, actor, slug)


@router.get("/apps/{slug}/phases/proposal")
def propose_phases(world: TheWorld, actor: TheActor, slug: str) -> shapes.PhaseProposal:
    """What the repository says of the order: imports, `${cf:…}`, serverless-compose files. Nothing is changed."""
    return shapes.PhaseProposal.model_validate(services.propose(world, actor, slug), from_attributes=True)


@router.put("/apps/{slug}/check-code-change")
def set_code_change(world: TheWorld, actor: TheActor, slug: str, asked: shapes.CodeChange) -> shapes.App:
    """How a build finds the services that changed."""
    with world.database.write() as session:
        check_by(session, actor, app_of(session, actor, slug), asked.check_code_change)
    return _app(world, actor, slug)


@router.put("/apps/{slug}/unit-tests")
def switch_unit_tests(world: TheWorld, actor: TheActor, slug: str, asked: shapes.UnitTests) -> shapes.App:
    """Whether a service's own tests have to succeed before it is packaged."""
    with world.database.write() as session:
        set_unit_tests(session, actor, app_of(session, actor, slug), on=asked.on)
    return _app(world, actor, slug)


def _app(world: World, actor: Actor, slug: str) -> shapes.App:
    with world.database.read() as session:
        return present.app(app_of(session, actor, slug))
