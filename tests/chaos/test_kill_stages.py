"""The same promise for stages that come and go by themselves: whatever is killed while branches and pull requests come
and go, in the end exactly the stages are there that should be, and those that went have left nothing behind.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
import sqlalchemy as sa
from tests.chaos.conftest import ACCOUNT
from tests.chaos.ending import executions, nothing_is_left_open
from tests.chaos.told import Forge
from tests.chaos.victim import LONGEST_WAIT, SEED, Victim
from tests.support.repository import Repository
from tests.support.waiting import eventually

from seed.apps.records import Stage
from seed.audit.records import AuditEvent
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.connections.records import HeardEvent
from seed.db.base import Database
from seed.removals.records import Removal

Move = str
FIRST: tuple[tuple[Move, ...], ...] = (
    ("new_branch", "open_request"),
    ("synchronise", "new_branch", "delete_branch", "close_request"),
)
"""Every kind of a beginning and an end, also where there are few kills."""


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("kills", "room"),
    [
        pytest.param(2, 6, id="few"),
        pytest.param(20, 6, id="many"),
        pytest.param(20, 1, id="many, while stages wait for room"),
    ],
)
def test_killed_while_branches_and_pull_requests_come_and_go_the_right_stages_are_there(
    kills: int, room: int, tmp_path: Path, victim: Victim, journal: tuple[str, Path]
) -> None:
    chance = random.Random(SEED)
    victim.environment["SEED_STAGES_AT_ONCE_PER_APP"] = str(room)  # from its next start on
    forge = app_with_stages_by_themselves(tmp_path, victim)

    with ThreadPoolExecutor(1) as beside:
        for number in range(kills):
            telling = beside.submit(_tell, forge, FIRST[number] if number < len(FIRST) else _some(chance))
            time.sleep(chance.uniform(0, LONGEST_WAIT))  # the random moment itself
            victim.kill()
            victim.start()
            telling.result()
            if chance.random() < 0.3:  # else the next kill meets what this one left
                _let_everything_end(victim.data, forge)
    _let_everything_end(victim.data, forge)

    nothing_is_left_open(victim.data)
    _what_runs_is_the_newest(victim.data, forge)
    _only_their_stacks_are_there(journal[0], forge)
    _each_change_set_ran_once(victim.data, journal[1])
    _each_delivery_was_worked_once(victim.data, forge)
    _each_stage_was_made_and_removed_once(victim.data)


def app_with_stages_by_themselves(tmp_path: Path, victim: Victim) -> Forge:
    repository = Repository(tmp_path / "repository")
    asked = {"repository": str(repository.folder), "name": "app", "account": "outside"}
    assert victim.call("POST", "/apps", json=asked)
    for origin, only in (("branch", "feature/*"), ("pull-request", "")):
        change = {"on": True, "only": only, "remove": True}
        assert victim.call("PATCH", f"/apps/app/automatic-stages/{origin}", json=change)
    return Forge(victim, repository, victim.call("GET", "/apps/app/webhook")["secret"])


def _some(chance: random.Random) -> Sequence[Move]:
    moves = (
        "new_branch",
        "push_again",
        "delete_branch",
        "open_request",
        "synchronise",
        "close_request",
        "reopen_request",
    )
    return [chance.choice(moves) for _ in range(chance.randint(1, 3))]


def _tell(forge: Forge, moves: Sequence[Move]) -> None:
    """Few at a time; what is not there cannot be changed or closed."""
    for move in moves:
        if move == "new_branch":
            possible = len(forge.branches) < 3
        elif move == "open_request":
            possible = len(forge.requests) < 3
        else:
            possible = bool(forge.branches if "branch" in move or move == "push_again" else forge.requests)
        if possible:
            getattr(forge, move)()


def _let_everything_end(data: Path, forge: Forge) -> None:
    database = Database(data / "seed.db")

    def quiet() -> bool:
        with database.read() as session:
            told = session.scalars(sa.select(HeardEvent.id).where(HeardEvent.state == "waiting")).first()
            built = session.scalars(sa.select(Build.id).where(Build.state.not_in(ENDED))).first()
            going = session.scalars(sa.select(Removal.id).where(Removal.state == "removing")).first()
            stages = set(session.scalars(sa.select(Stage.name).where(Stage.origin != "", Stage.removed_at.is_(None))))
        return (told, built, going, stages) == (None, None, None, set(forge.expected))

    try:
        eventually(quiet, "the end of everything", 180)
    finally:
        database.close()


def _what_runs_is_the_newest(data: Path, forge: Forge) -> None:
    database = Database(data / "seed.db")
    with database.read() as session:
        stages = session.scalars(sa.select(Stage).where(Stage.origin != "", Stage.removed_at.is_(None))).all()
        newest = {}
        for stage in stages:
            assert (stage.closing, stage.removing) == ("", False)
            builds = session.scalars(sa.select(Build).where(Build.stage_id == stage.id).order_by(Build.number)).all()
            assert builds[-1].state == "succeeded", (stage.name, builds[-1].reason)
            newest[stage.name] = builds[-1].head_commit or builds[-1].commit
            commits = Counter(build.commit for build in builds)
            assert max(commits.values()) == 1, (stage.name, commits)
    database.close()
    assert newest == forge.expected


def _only_their_stacks_are_there(endpoint: str, forge: Forge) -> None:
    """As the account says, whatever Seed's rows do."""
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "x", "region_name": "us-east-1"}
    cloudformation = boto3.client("cloudformation", endpoint_url=endpoint, **keys)
    pages = cloudformation.get_paginator("list_stacks").paginate()
    found = {row["StackName"]: row["StackStatus"] for page in pages for row in page["StackSummaries"]
             if row["StackStatus"] != "DELETE_COMPLETE"}  # fmt: skip
    assert set(found) == {f"api-{name}" for name in forge.expected}
    assert set(found.values()) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def _each_change_set_ran_once(data: Path, journal: Path) -> None:
    """The rows of what was removed are gone; the journal keeps all."""
    executed = executions(journal)
    database = Database(data / "seed.db")
    with database.read() as session:
        done = sa.select(ServiceBuild.stack_name, ServiceBuild.change_set_arn).where(ServiceBuild.state == "succeeded")
        succeeded = {(row[0], row[1]) for row in session.execute(done) if row[1]}
    database.close()
    assert max(executed.values()) == 1
    assert succeeded <= set(executed)


def _each_delivery_was_worked_once(data: Path, forge: Forge) -> None:
    database = Database(data / "seed.db")
    with database.read() as session:
        heard = session.execute(sa.select(HeardEvent.delivery, HeardEvent.state, HeardEvent.outcome)).all()
    database.close()
    assert sorted(row[0] for row in heard) == sorted(f"github:{one}" for one in forge.taken)
    failed = {row.outcome for row in heard if row.state != "done"}
    assert failed <= {said for said in failed if _closed_by_then(said, forge)}


def _closed_by_then(said: str, forge: Forge) -> bool:
    """The server was away so long that the pull request's branch was gone when it looked."""
    number = next((int(word) for word in said.split() if word.isdigit()), 0)
    return said.startswith("Pull request ") and "not in the repository" in said and number not in forge.requests


def _each_stage_was_made_and_removed_once(data: Path) -> None:
    """In turn, as the log tells; within one life no commit was asked for twice."""
    database = Database(data / "seed.db")
    with database.read() as session:
        events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
        there = set(session.scalars(sa.select(Stage.name).where(Stage.origin != "", Stage.removed_at.is_(None))))
        removals = Counter(session.scalars(sa.select(Removal.state)))
    database.close()
    alive: dict[str, set[str]] = {}
    for event in events:
        if event.action == "stage.automatic":
            assert event.subject not in alive
            alive[event.subject] = set()
        elif event.action == "build.asked":
            commits = alive[event.subject.split(" ")[0]]
            assert event.details["commit"] not in commits, event.subject
            commits.add(event.details["commit"])
        elif event.action == "removal.removed":
            del alive[event.subject]
    print(f"{len(events)} entries in the log, removals {dict(removals)}, {sorted(alive)} at the end")
    assert set(alive) == there
    assert set(removals) <= {"removed"}
