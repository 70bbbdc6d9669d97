"""The server's start and stop, and a command of the CLI."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from tests.support.waiting import eventually

from scripts.bench.report import say, timed
from seed.db.base import Database
from seed.people.actor import Actor
from seed.people.sign_in import add_person
from seed.people.tokens import make_token
from seed.work.world import Folders


def starts(folder: Path) -> None:
    """From starting the server to its first page; and a CLI command against it."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "seed.cli.main", "serve", "--data", str(folder / "start"), "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    eventually(lambda: _answers(f"http://127.0.0.1:{port}/sign-in"), "the first page", 60)
    first = time.monotonic() - began
    environment |= {"SEED_URL": f"http://127.0.0.1:{port}", "SEED_TOKEN": _token(folder / "start")}
    command = [sys.executable, "-m", "seed.cli.main", "account", "list"]
    cli = sorted(
        timed(lambda: subprocess.run(command, env=environment, check=True, capture_output=True)) for _ in range(9)
    )
    bare = sorted(
        timed(lambda: subprocess.run([sys.executable, "-c", ""], env=environment, check=True)) for _ in range(9)
    )
    process.terminate()
    stop = timed(process.wait)
    say(f"\nServer start to first page: {first:.2f} s (target: under 3); stop: {stop:.2f} s (target: under 5)")
    say(
        f"A CLI command that asks the server, whole process: {cli[4] * 1000:.0f} ms (target: under 200), "
        f"of which python's own start is {bare[4] * 1000:.0f} ms; medians of 9"
    )


def _token(data: Path) -> str:
    """Of a person who is put beside the running server."""
    database = Database(Folders(data).database, lambda _topics: None)
    with database.write() as session:
        person = add_person(session, "bench@example.com", "Bench", "a password of some length")
        session.flush()
        return make_token(session, Actor(person.id, person.name, "admin"), name="bench", scope="admin", days=1)[1]


def _answers(url: str) -> bool:
    try:
        return bool(httpx2.get(url, timeout=2, trust_env=False).is_success)
    except httpx2.HTTPError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
