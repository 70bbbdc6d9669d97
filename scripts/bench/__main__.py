"""Measure Seed beside what a person would run instead: one run, one machine, printed side by side.

    make bench            everything
    make bench BENCH=deploy,pipeline

A figure is only worth something beside its neighbour of the same run; nothing here is asserted.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.support.registry import Registry, serving
from tests.support.seeds import Seed, person, started

from scripts.bench.changesets import changesets
from scripts.bench.deploys import deploys
from scripts.bench.logs import logs
from scripts.bench.monorepo import monorepo
from scripts.bench.pipelines import pipelines
from scripts.bench.review_pages import review_pages
from scripts.bench.reviews import reviews
from scripts.bench.starts import starts
from scripts.bench.webhooks import webhooks

ALONE: dict[str, Callable[[Path], None]] = {
    "diff": changesets,
    "logs": logs,
    "start": starts,
    "pipeline": pipelines,
    "page": review_pages,
    "webhook": webhooks,
}
WITH_SERVER: dict[str, Callable[[Seed, Path, Registry], None]] = {
    "deploy": lambda seed, folder, _: deploys(seed, folder),
    "review": lambda seed, folder, _: reviews(seed, folder),
    "monorepo": monorepo,
}


def main(wanted: str) -> None:
    names = {name for name in wanted.split(",") if name} or {*ALONE, *WITH_SERVER}
    with tempfile.TemporaryDirectory(prefix="seed-bench-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        for name, measure in ALONE.items():
            if name in names:
                measure(_room(folder, name))
        if names & {*WITH_SERVER}:
            with serving() as registry:
                _with_server(folder, names, registry)
            os._exit(0)


def _with_server(folder: Path, names: set[str], registry: Registry) -> None:
    server = started(folder / "data", build_network_allow=f"127.0.0.1:{registry.port}")
    seed = Seed(server, person(server.world, "bench@example.com", "Bench"))
    for name, measure in WITH_SERVER.items():
        if name in names:
            measure(seed, _room(folder, name), registry)
    server.stop()


def _room(folder: Path, name: str) -> Path:
    room = folder / name
    room.mkdir()
    return room


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
