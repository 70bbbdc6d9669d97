"""What every test stands on: no socket leaves this machine, and one local AWS for each worker."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.frameworks.packaging import Workshop

from seed.aws.local import LocalAws

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.seeded import Seeded

    from seed.db.base import Database
    from seed.server import Server

# A test's own rubbish goes when it ends; to look through all else again and again took a tenth of the time.
gc.set_threshold(100_000, 20, 10)
LOOPBACK = ("127.", "::1", "localhost")


class SocketLeft(RuntimeError):
    """A test tried to reach another machine."""


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Every connection is checked at the socket itself, so no library can go around it."""
    real = socket.socket

    class Guarded(real):  # type: ignore[misc, valid-type]
        def connect(self, address: Any) -> None:
            _check(self.family, address)
            super().connect(address)

        def connect_ex(self, address: Any) -> int:
            _check(self.family, address)
            return int(super().connect_ex(address))

    socket.socket = Guarded  # type: ignore[misc]
    yield
    socket.socket = real  # type: ignore[misc]


def _check(family: int, address: Any) -> None:
    if family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
        raise SocketLeft(f"a test tried to reach {address[0]}")


@pytest.fixture(autouse=True)
def no_server_outlives_its_test() -> Iterator[None]:
    """What a test began itself, in its own way, is closed and let go of: each server holds much. Those of a wider
    fixture were there before.
    """
    before = _servers()
    yield
    for server in [one for one in _servers() if one not in before]:
        from tests.support.seeded import close

        close(server)


def _servers() -> list[Server]:
    """What a test of a pure part needs not even import."""
    seeded = sys.modules.get("tests.support.seeded")
    return list(seeded.SERVERS) if seeded else []


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    aws = LocalAws(tmp_path_factory.mktemp("aws"))
    aws.start()
    yield aws
    aws.stop()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Without rows."""
    from tests.support.databases import database_at

    made = database_at(tmp_path / "seed.db")
    yield made
    made.close()


@pytest.fixture
def shop(template: Seeded, tmp_path: Path) -> Iterator[Seeded]:
    """A copy of the test's own."""
    from tests.support.seeded import copied

    made = copied(template, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """Rows and a repository to copy; nobody changes them."""
    from tests.support.seeded import seeded

    made = seeded(tmp_path_factory.mktemp("seeded"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> Workshop:
    """Each run of the framework takes a second or two, so its caches are shared."""
    env = {
        "AWS_ENDPOINT_URL": local_aws.endpoint,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    return Workshop(tmp_path_factory.mktemp("workshop"), env)
