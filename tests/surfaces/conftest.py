"""A shop at rest, served: what can be done to it on each surface."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.seeded import Seeded, copied
from tests.support.web import application_of, on_loopback

from seed.apps.records import Stage
from seed.builds.records import Build
from seed.people.actor import Actor
from seed.people.records import Person
from seed.people.tokens import make_token
from seed.promotions.records import Promotion


@pytest.fixture
def shop(template: Seeded, tmp_path: Path) -> Iterator[Seeded]:
    """Nothing is at work, and one stage would go by itself."""
    made = copied(template, tmp_path)

    def quiet(session: Session) -> None:
        session.execute(sa.update(Build).where(Build.ended_at.is_(None)).values(state="cancelled"))
        session.execute(sa.update(Promotion).values(state="rejected"))
        session.execute(sa.update(Stage).where(Stage.name == "feature").values(origin="branch", closing="idle"))

    made.write(quiet)
    yield made
    made.close()


@pytest.fixture
def token(shop: Seeded) -> str:
    with shop.world.database.write() as session:
        person = session.scalars(sa.select(Person)).one()
        return make_token(session, Actor(person.id, person.name, "admin"), name="x", scope="admin", days=1)[1]


@pytest.fixture
def url(shop: Seeded) -> Iterator[str]:
    with on_loopback(application_of(shop.server)) as place:
        yield f"http://{place}"


@pytest.fixture
def type_in(
    url: str, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """In this process: what its entry does besides is tested with the other commands."""
    from seed.cli import main

    main.register()
    for name, value in {"SEED_URL": url, "SEED_TOKEN": token}.items():
        monkeypatch.setenv(name, value)

    def typed(line: str) -> str:
        code: object = 0
        try:
            main.app(shlex.split(line), exit_on_error=False)
        except SystemExit as left:
            code = left.code
        assert not code, line
        return capsys.readouterr().out

    return typed
