"""Pages of a seeded Seed, asked for as a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.support.seeded import Seeded, copied
from tests.support.web import application_of

from seed.server import application


@pytest.fixture(scope="session")
def shop(template: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """Rows to look at; a test that changes some takes ones of its own."""
    made = copied(template, tmp_path_factory.mktemp("console"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def key(shop: Seeded) -> str:
    return shop.key()


@pytest.fixture(scope="session")
def app(shop: Seeded) -> FastAPI:
    return application(shop.server)


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """Nobody is signed in."""
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def alice(stranger: TestClient, key: str) -> TestClient:
    stranger.cookies.set("seed_session", key)
    return stranger


@pytest.fixture
def own(shop: Seeded, key: str, tmp_path: Path) -> Iterator[Seeded]:  # noqa: ARG001, whose cookie is copied too
    """A Seed of the test's own, to change."""
    made = copied(shop, tmp_path)
    yield made
    made.close()


@pytest.fixture
def own_alice(own: Seeded, key: str) -> TestClient:
    client = TestClient(application_of(own.server), base_url="http://127.0.0.1", follow_redirects=False)
    client.cookies.set("seed_session", key)
    return client
