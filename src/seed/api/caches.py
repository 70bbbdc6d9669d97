"""Where builds run, and their caches."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.work.dependencies.caches import Cache, caches_of, clear_caches, runner_of

router = APIRouter(tags=["caches"])


@router.get("/runner")
def show_runner(world: TheWorld, actor: TheActor) -> shapes.Runner:
    """Where builds run, and what keeps them apart from everything else."""
    return shapes.Runner.model_validate(runner_of(world, actor), from_attributes=True)


@router.get("/caches")
def list_caches(world: TheWorld, actor: TheActor) -> list[shapes.Cache]:
    """Installed dependencies, and the folders that build specs keep: how full, and how often they helped."""
    return _shown(caches_of(world, actor))


@router.delete("/caches")
def delete_caches(world: TheWorld, actor: TheActor, name: str = "") -> list[shapes.Cache]:
    """`dependencies` or `folders`; with no name, both. The next builds fill them again."""
    return _shown(clear_caches(world, actor, name))


def _shown(caches: Iterable[Cache]) -> list[shapes.Cache]:
    return [
        shapes.Cache(name=one.name, entries=one.held.entries, bytes=one.held.size, most_bytes=one.held.most,
                     **vars(one.counts))
        for one in caches
    ]  # fmt: skip
