"""Never twice, never lost: the server is killed at random moments of builds and promotions, and started again.

The local AWS runs outside of what is killed and keeps a journal of every change set it executed, so what is
counted is what AWS saw.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.waiting import eventually

from seed.apps.records import StageLock
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.db.base import Database
from seed.db.migrate import migrate
from seed.people.actor import Actor
from seed.people.sign_in import add_person
from seed.people.tokens import make_token
from seed.promotions.records import Promotion
from seed.promotions.states import ENDED as PROMOTION_ENDED

SEED = int(os.environ.get("SEED_CHAOS_SEED", "20261123"))
LONGEST_WAIT = 3.0


@dataclass
class Victim:
    """A server in a process of its own, killed without warning."""

    data: Path
    port: int
    token: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    children: set[int] = field(default_factory=set)

    def start(self) -> None:
        arguments = [sys.executable, "-m", "seed.cli.main", "serve", "--data", str(self.data), "--port", str(self.port)]
        with (self.data.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen([*arguments, "--aws", "none"], env=self.environment, stdout=log, stderr=log)
        eventually(self._up, "the server's start", 30)

    def kill(self) -> None:
        assert self.process is not None
        self.children = _descendants(self.process.pid)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        eventually(lambda: not {pid for pid in self.children if _alive(pid)}, "the end of its processes", 10)
        eventually(lambda: not _mentioning(self.data), "the end of everything in its folder", 10)

    def call(self, method: str, path: str, **rest: Any) -> Any:
        answer = httpx2.request(
            method,
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
            trust_env=False,
            **rest,
        )
        return answer.json() if answer.is_success else None

    def _up(self) -> bool:
        try:
            return bool(httpx2.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2, trust_env=False).is_success)
        except httpx2.HTTPError:
            return False


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The AWS that outlives the server: its endpoint, and the journal of what it executed."""
    port, written = _free_port(), tmp_path / "journal.jsonl"
    arguments = ["--folder", str(tmp_path / "aws"), "--port", str(port), "--journal", str(written)]
    process = subprocess.Popen([sys.executable, "-m", "seed.aws.local.runner", *arguments])
    endpoint = f"http://127.0.0.1:{port}"
    eventually(lambda: _answers(endpoint), "the local AWS's start", 30)
    yield endpoint, written
    process.kill()
    process.wait()


@pytest.fixture
def victim(tmp_path: Path, journal: tuple[str, Path]) -> Iterator[Victim]:
    data = tmp_path / "data"
    data.mkdir()
    database = Database(data / "seed.db")
    migrate(database)
    with database.write() as session:
        person = add_person(session, "alice@example.com", "Alice", "correct horse battery")
        _, token = make_token(session, Actor(person.id, "Alice", "admin"), name="chaos", scope="admin", days=1)
    database.close()
    made = Victim(data, _free_port(), token, _environment(tmp_path))
    made.start()
    secret = {"kind": "keys", "access_key_id": "111122223333", "secret_access_key": "secret-of-the-test"}
    assert made.call("POST", "/accounts", json={"name": "outside", "endpoint_url": journal[0], **secret})
    yield made
    made.kill()


@pytest.mark.parametrize("kills", [pytest.param(4, id="few"), pytest.param(20, marks=pytest.mark.campaign, id="many")])
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_deployed_twice(
    kills: int, tmp_path: Path, victim: Victim, journal: tuple[str, Path]
) -> None:
    chance = random.Random(SEED)
    repository = Repository(tmp_path / "repository", ("api", "web"))
    assert victim.call(
        "POST", "/apps", json={"repository": str(repository.folder), "name": "app", "account": "outside"}
    )

    for number in range(kills):
        # Builds, plans and applied promotions in turn, each killed somewhere between its first and last moment.
        (_push, _plan, _apply)[number % 3](victim, repository, number)
        time.sleep(chance.uniform(0, LONGEST_WAIT))  # the random moment itself
        victim.kill()
        victim.start()
        _let_everything_end(victim, confirm=number % 3 != 1)

    _let_everything_end(victim, confirm=True)
    _nothing_is_left_open(victim.data)
    _each_change_set_ran_once(victim.data, journal[1])


def test_a_server_that_is_asked_to_stop_does_so_at_once_and_goes_on_later(tmp_path: Path, victim: Victim) -> None:
    """With a stream open and a build running."""
    repository = Repository(tmp_path / "repository")
    assert victim.call(
        "POST", "/apps", json={"repository": str(repository.folder), "name": "app", "account": "outside"}
    )
    build = victim.call("POST", "/apps/app/stages/dev/deploy", json={})
    address = f"http://127.0.0.1:{victim.port}/api/v1/apps/app/stages/dev/builds/1/logs/api/stream"
    headers = {"Authorization": f"Bearer {victim.token}"}
    with httpx2.stream("GET", address, headers=headers, timeout=30, trust_env=False) as stream:
        next(stream.iter_raw())
        victim.process.send_signal(signal.SIGTERM)
        victim.process.wait(5)

    assert victim.process.returncode == 0
    victim.start()
    ended = eventually(lambda: _ended_build(victim, build["number"]), "the build's end", 60)
    assert ended["state"] == "succeeded"


def _ended_build(victim: Victim, number: int) -> dict[str, Any] | None:
    found = victim.call("GET", f"/apps/app/stages/dev/builds/{number}")
    return found if found and found["state"] in ENDED else None


def _push(victim: Victim, repository: Repository, number: int) -> None:
    for name in ("api", "web"):
        repository.write(f"{name}/hello.js", f"exports.handler = async () => ({{ ok: {number} }});\n")
    repository.commit(f"Round {number}")
    assert victim.call("POST", "/apps/app/stages/dev/deploy", json={})


def _plan(victim: Victim, _repository: Repository, _number: int) -> None:
    assert victim.call("POST", "/apps/app/stages/dev/promote", json={})


def _apply(victim: Victim, _repository: Repository, _number: int) -> None:
    _confirm_open_reviews(victim)


def _confirm_open_reviews(victim: Victim) -> None:
    for promotion in victim.call("GET", "/apps/app/promotions") or []:
        if promotion["state"] == "review":
            victim.call("POST", f"/promotions/{promotion['id']}/confirm", json={"digest": promotion["digest"]})
            return


def _let_everything_end(victim: Victim, *, confirm: bool) -> None:
    """Every build, and every promotion but for a review that waits for the next round."""

    def quiet() -> bool:
        if confirm:
            _confirm_open_reviews(victim)
        builds = victim.call("GET", "/apps/app/builds", params={"limit": 500}) or [{"state": "?"}]
        promotions = victim.call("GET", "/apps/app/promotions", params={"limit": 500}) or []
        waiting = set() if confirm else {"review"}
        ended = all(b["state"] in ENDED for b in builds)
        return ended and all(p["state"] in PROMOTION_ENDED | waiting for p in promotions)

    eventually(quiet, "the end of every build and promotion", 180)


def _nothing_is_left_open(data: Path) -> None:
    database = Database(data / "seed.db")
    with database.read() as session:
        states = Counter(session.scalars(sa.select(Build.state)))
        promotions = Counter(session.scalars(sa.select(Promotion.state)))
        locks = session.scalar(sa.select(sa.func.count(StageLock.stage_id)))
        open_services = session.scalars(sa.select(ServiceBuild.id).where(ServiceBuild.state.not_in(ENDED))).all()
        failures = list(session.scalars(sa.select(ServiceBuild.failure).where(ServiceBuild.state == "failed")))
        failures += session.scalars(sa.select(Promotion.failure).where(Promotion.state == "failed")).all()
    database.close()
    print(f"builds {dict(states)} promotions {dict(promotions)}")
    assert set(states) <= ENDED
    assert set(promotions) <= PROMOTION_ENDED
    assert locks == 0
    assert not open_services
    assert not failures, failures


def _each_change_set_ran_once(data: Path, journal: Path) -> None:
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    executed = Counter((line["stack"], line["change_set"]) for line in lines if line["status"] == 200)
    database = Database(data / "seed.db")
    with database.read() as session:
        succeeded = session.execute(
            sa.select(ServiceBuild.stack_name, ServiceBuild.change_set_arn).where(ServiceBuild.state == "succeeded")
        ).all()
    database.close()
    print(f"{sum(executed.values())} executions of {len(executed)} change sets; {len(lines)} calls")
    assert max(executed.values()) == 1
    assert set(executed) == {(stack, arn) for stack, arn in succeeded}


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    grown = True
    while grown:
        new = {child for child, parent in parents.items() if parent in found | {pid}} - found
        found |= new
        grown = bool(new)
    return found


def _mentioning(folder: Path) -> list[str]:
    """Processes with the data folder among their arguments: also those that began while the server was killed."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(folder).encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


def _alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


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
