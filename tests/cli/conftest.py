"""A server with rows, and the command line that speaks with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.diffing import TEMPLATE, written
from tests.cli.running import Run
from tests.support.seeded import Seeded, copied
from tests.support.web import on_loopback

from seed.people.actor import Actor
from seed.people.records import Person
from seed.people.tokens import make_token
from seed.server import application


@pytest.fixture(scope="module")
def shop(template: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    made = copied(template, tmp_path_factory.mktemp("cli"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def url(shop: Seeded) -> Iterator[str]:
    with on_loopback(application(shop.server)) as place:
        yield f"http://{place}"


@pytest.fixture
def run(shop: Seeded, url: str, tmp_path: Path) -> Run:
    with shop.world.database.write() as session:
        person = session.scalars(sa.select(Person)).first()
        _, token = make_token(session, Actor(person.id, person.name, "admin"), name="cli", scope="admin", days=1)

    def command(
        *arguments: str, signed_in: bool = True, given: str = "", terminal: int = -1, more: Mapping[str, str] = {}
    ) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        if signed_in:
            environment |= {"SEED_URL": url, "SEED_TOKEN": token, **more}
        return subprocess.run(
            [sys.executable, "-m", "seed.cli.main", *arguments],
            env=environment,
            **({"stdin": terminal} if terminal >= 0 else {"input": given}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return command


@pytest.fixture
def queue_template(tmp_path: Path) -> str:
    return str(written(tmp_path, "template.json", TEMPLATE))
