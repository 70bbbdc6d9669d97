"""Services of a repository: look what is there, then change the rows by the verb of that name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seed.apps import services as verbs
from seed.apps.find import app_of, services_of
from seed.builds.phases import CyclicPhases, broken, proposed
from seed.errors import Invalid
from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import NoServiceFound
from seed.frameworks.serverless import discover
from seed.frameworks.serverless.depends import Need, needs_of
from seed.people.actor import Actor
from seed.work.world import World


class ServiceNotThere(Invalid):
    """The branch has no configuration of a service at this path."""

    code = "service-not-there"


@dataclass(frozen=True, slots=True)
class Found:
    """A service of the branch; `known` is the app's service at this path, "" where there is none."""

    service: FoundService
    known: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the repository says about the order. `problem` tells of a circle; there are no phases then."""

    phases: list[list[str]]
    needs: list[Need]
    too_early: list[tuple[str, str]]
    """(service, what it needs) that the present arrangement does not keep."""
    problem: str = ""


def look(world: World, actor: Actor, slug: str) -> list[Found]:
    """Every service of the app's branch, whether the app has it or not."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        known = {service.path: service.name for service in services_of(session, app.id, None)}
    with tree_of(world, actor, slug) as tree:
        return [Found(found, known.get(found.path, "")) for found in _discovered(tree)]


def add_service(world: World, actor: Actor, slug: str, path: str) -> str:
    """The name under which the app has it from now on."""
    actor.must("admin")
    found = _at(look(world, actor, slug), path)
    with world.database.write() as session:
        return verbs.add_service(session, actor, app_of(session, actor, slug), found).name


def move_service(world: World, actor: Actor, slug: str, name: str, path: str) -> None:
    actor.must("admin")
    found = _at(look(world, actor, slug), path)
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        verbs.move_service(session, actor, app, services_of(session, app.id, [name])[0], found)


def propose(world: World, actor: Actor, slug: str) -> Proposal:
    """Read from imports, `${cf:…}` and serverless-compose files of the app's branch. Nothing is changed."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        services = services_of(session, app.id, None)
        found = [FoundService(s.path, s.config, s.name, s.framework) for s in services]
        phases = {service.name: service.phase for service in services}
    with tree_of(world, actor, slug) as tree:
        needs = needs_of(tree, found)
    wanted = _by_service(needs, list(phases))
    early = broken(phases, wanted)
    try:
        return Proposal(proposed(wanted), needs, early)
    except CyclicPhases as error:
        return Proposal([], needs, early, error.sentence)


def _by_service(needs: list[Need], names: list[str]) -> Mapping[str, set[str]]:
    wanted: dict[str, set[str]] = {name: set() for name in names}
    for need in needs:
        wanted[need.service].add(need.needs)
    return wanted


def _at(found: list[Found], path: str) -> FoundService:
    wanted = path.strip().strip("/").removeprefix("./")
    wanted = "" if wanted == "." else wanted
    for one in found:
        if one.service.path == wanted:
            return one.service
    there = ", ".join(one.service.path or "." for one in found[:10]) or "none"
    raise ServiceNotThere(f"There is no service at {wanted or 'the root'!r}.", hint=f"It has: {there}.", where="path")


def _discovered(tree: Path) -> list[FoundService]:
    try:
        return discover(tree)
    except NoServiceFound:
        return []


@contextmanager
def tree_of(world: World, actor: Actor, slug: str, commit: str = "") -> Iterator[Path]:
    """A commit, branch or tag, for a moment; "" is the head of the app's branch."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
    mirror = world.mirror(app)
    mirror.sync()
    scratch = world.folders.data / "work"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        tree = Path(folder) / "tree"
        mirror.checkout(mirror.commit(commit).sha if commit else mirror.head(app.branch), tree)
        yield tree
