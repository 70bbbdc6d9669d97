"""Never twice, never lost: the server is killed at random moments of builds and promotions, and started again.

The local AWS runs outside of what is killed and keeps a journal of every change set it executed, so what is
counted is what AWS saw.
"""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.chaos.ending import (
    confirm_open_reviews,
    each_change_set_ran_once,
    let_everything_end,
    nothing_is_left_open,
)
from tests.chaos.victim import LONGEST_WAIT, SEED, Victim
from tests.support.repository import Repository
from tests.support.waiting import eventually

from seed.builds.states import ENDED


@pytest.mark.parametrize("kills", [pytest.param(2, id="few"), pytest.param(20, marks=pytest.mark.campaign, id="many")])
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
        let_everything_end(victim, confirm=number % 3 != 1)

    let_everything_end(victim, confirm=True)
    nothing_is_left_open(victim.data)
    each_change_set_ran_once(victim.data, journal[1])


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
    confirm_open_reviews(victim)
