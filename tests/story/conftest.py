"""One Seed for each worker; every test has an app and an AWS account of its own in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp, person, started

MakeApp = Callable[..., TestApp]


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    server = started(tmp_path_factory.mktemp("seed") / "data")
    yield Seed(server, person(server.world, f"alice-{os.getpid()}@example.com", "Alice"))
    server.stop()
    server.world.engine.stop()
    server.world.database.close()


@pytest.fixture
def make_app(seed: Seed, tmp_path: Path) -> MakeApp:
    """An app on a new repository with these services."""

    def make(*services: str) -> TestApp:
        return seed.app(Repository(tmp_path / "repository", services or ("api",)))

    return make
