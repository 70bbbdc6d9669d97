"""One Seed for each worker; every test has an app and an AWS account of its own in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.support.pages import broken
from tests.support.registry import Registry, serving
from tests.support.repository import Repository
from tests.support.seeds import PASSWORD, Seed, TestApp, ended, person, started

from seed.people.sign_in import sign_in
from seed.server import application

MakeApp = Callable[..., TestApp]
OUTPUT_MB, PROCESSES = 2, 400
"""Lower than they come, so that a test reaches them soon."""


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    """The one place on loopback that builds may reach, beside the local AWS."""
    with serving() as made:
        yield made


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Iterator[Seed]:
    door = f"127.0.0.1:{registry.port}"
    limits = {"build_output_mb": OUTPUT_MB, "build_processes": PROCESSES}
    server = started(tmp_path_factory.mktemp("seed") / "data", build_network_allow=door, **limits)
    yield Seed(server, person(server.world, email_of(os.getpid()), "Alice"))
    ended(server)


@pytest.fixture(scope="session")
def alice(seed: Seed) -> TestClient:
    """Her browser."""
    with seed.world.database.write() as session:
        key = sign_in(session, email_of(os.getpid()), PASSWORD, days=1)
    client = TestClient(application(seed.server), base_url="http://127.0.0.1", follow_redirects=False)
    client.cookies.set("seed_session", key)
    return client


@pytest.fixture
def make_app(seed: Seed, alice: TestClient, tmp_path: Path) -> Iterator[MakeApp]:
    """An app on a new repository with these services. Whatever the test makes of it, all of its pages are there."""
    made: list[TestApp] = []

    def make(*services: str) -> TestApp:
        made.append(seed.app(Repository(tmp_path / "repository", services or ("api",))))
        return made[-1]

    yield make
    assert [wrong for app in made for wrong in broken(alice, app.slug)] == []


def email_of(worker: int) -> str:
    return f"alice-{worker}@example.com"
