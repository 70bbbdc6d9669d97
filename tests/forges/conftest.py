"""An app of rows and a real repository, without work: what forges tell ends in rows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.forges.hearing import Github
from tests.forges.telling import Speaking
from tests.support.seeded import Seeded
from tests.support.web import application_of

from seed.apps.add import webhook_place
from seed.apps.records import App
from seed.builds.records import Build


@pytest.fixture
def secret(shop: Seeded) -> str:
    with shop.world.database.read() as session:
        app = session.scalars(sa.select(App)).one()
    return shop.world.vault.open(app.sealed_webhook_secret, webhook_place(app.slug))


@pytest.fixture
def web(shop: Seeded) -> TestClient:
    """Nobody: a forge has no token."""
    return TestClient(application_of(shop.server), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


@pytest.fixture
def github(web: TestClient, secret: str) -> Github:
    return Github(web, secret)


@pytest.fixture
def speaking(shop: Seeded) -> Speaking:
    return Speaking(shop)


@pytest.fixture
def idle(shop: Seeded) -> None:
    """Nothing is at work: a stage can go."""
    open_ones = ("queued", "running")
    shop.write(lambda s: s.execute(sa.update(Build).where(Build.state.in_(open_ones)).values(state="cancelled")))
