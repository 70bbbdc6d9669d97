"""What an operator sees of builds: where they run; their two caches, how full, how often they helped; and emptied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seed.audit.record import record
from seed.errors import NotFound
from seed.people.actor import Actor
from seed.work.dependencies.dependency_cache import Counts, DependencyCache, Held
from seed.work.runner import Executor
from seed.work.world import World

NAMES = ("dependencies", "folders")


@dataclass(frozen=True, slots=True)
class Cache:
    """`counts` are those since the server started."""

    name: str
    held: Held
    counts: Counts


def caches_of(world: World, actor: Actor) -> list[Cache]:
    actor.must("read")
    return [Cache(name, cache.held(), cache.counts) for name, cache in _both(world)]


def runner_of(world: World, actor: Actor) -> Executor:
    """Where builds run, and what keeps them apart from everything else."""
    actor.must("read")
    return world.runner.describe()


def clear_caches(world: World, actor: Actor, name: str = "") -> list[Cache]:
    """One of them, or both; how they are then."""
    actor.must("admin")
    if name and name not in NAMES:
        raise NotFound(f"There is no cache {name[:40]!r}.", hint=" or ".join(NAMES))
    for this, cache in _both(world):
        if name in {"", this}:
            gone = cache.clear()
            with world.database.write() as session:
                record(session, actor.name, "cache.cleared", this, entries=gone.entries, bytes=gone.size)
    return caches_of(world, actor)


def _both(world: World) -> Iterator[tuple[str, DependencyCache]]:
    yield from zip(NAMES, (world.dependencies, world.kept), strict=True)
