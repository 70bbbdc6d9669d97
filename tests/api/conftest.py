"""The API over seeded rows, asked for with tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.support.seeded import Seeded, copied

from seed.people.actor import Actor, Scope
from seed.people.records import Person
from seed.people.tokens import make_token
from seed.server import application


@pytest.fixture(scope="session")
def shop(template: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    made = copied(template, tmp_path_factory.mktemp("api"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def app(shop: Seeded) -> FastAPI:
    return application(shop.server)


def client(app: FastAPI, shop: Seeded, scope: Scope) -> TestClient:
    with shop.world.database.write() as session:
        person = session.scalars(sa.select(Person)).first()
        _, key = make_token(session, Actor(person.id, person.name, "admin"), name=scope, scope=scope, days=1)
    return TestClient(
        app,
        base_url="http://127.0.0.1/api/v1",
        headers={"Authorization": f"Bearer {key}"},
        raise_server_exceptions=False,
    )


@pytest.fixture(scope="session")
def alice(app: FastAPI, shop: Seeded) -> TestClient:
    return client(app, shop, "admin")


@pytest.fixture(scope="session")
def reader(app: FastAPI, shop: Seeded) -> TestClient:
    return client(app, shop, "read")


@pytest.fixture(scope="session")
def stranger(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path
