"""A server to be killed, and an AWS outside of what is killed that keeps a journal of every change set it executed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.chaos.victim import Victim
from tests.support.databases import database_at
from tests.support.waiting import eventually

from seed.people.actor import Actor
from seed.people.sign_in import add_person
from seed.people.tokens import make_token
from seed.work.runner.orphans import end_orphans

ACCOUNT = "111122223333"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The AWS that outlives the server: its endpoint, and the journal of what it executed."""
    port, written = _free_port(), tmp_path / "journal.jsonl"
    arguments = ["--folder", str(tmp_path / "aws"), "--port", str(port), "--journal", str(written)]
    process = subprocess.Popen([sys.executable, "-m", "seed.aws.local.runner", *arguments])
    endpoint = f"http://127.0.0.1:{port}"
    eventually(lambda: _answers(endpoint), "the local AWS's start")
    yield endpoint, written
    process.kill()
    process.wait()


@pytest.fixture
def victim(tmp_path: Path, journal: tuple[str, Path]) -> Iterator[Victim]:
    data = tmp_path / "data"
    data.mkdir()
    database = database_at(data / "seed.db")
    with database.write() as session:
        person = add_person(session, "alice@example.com", "Alice", "correct horse battery")
        _, token = make_token(session, Actor(person.id, "Alice", "admin"), name="chaos", scope="admin", days=1)
    database.close()
    made = Victim(data, _free_port(), token, _environment(tmp_path))
    made.start()
    secret = {"kind": "keys", "access_key_id": ACCOUNT, "secret_access_key": "secret-of-the-test"}
    assert made.call("POST", "/accounts", json={"name": "outside", "endpoint_url": journal[0], **secret})
    yield made
    made.kill()
    end_orphans(data)
    made.nothing_of_before_is_alive()


def _answers(endpoint: str) -> bool:
    try:
        return bool(httpx2.get(f"{endpoint}/_ministack/health", timeout=2, trust_env=False).is_success)
    except httpx2.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {**kept, "HOME": str(home)}
