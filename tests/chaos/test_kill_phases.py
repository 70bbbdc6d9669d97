"""The same promise for many services in phases: killed within a build or a promotion across phases, the order is kept,
what did not change stays out, and each change set runs once."""

from __future__ import annotations

import random
import time
from itertools import pairwise, product
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.chaos.ending import (
    confirm_open_reviews,
    each_change_set_ran_once,
    let_everything_end,
    nothing_is_left_open,
)
from tests.chaos.victim import LONGEST_WAIT, SEED, Victim
from tests.support.repository import Repository

from seed.builds.records import Build
from seed.db.base import Database
from seed.promotions.records import Promotion

SERVICES = ("users", "orders", "web")
EXPORT = '  Outputs:\n    Name:\n      Value: {Ref: Things}\n      Export: {Name: "users-${sls:stage}-things"}\n'
IMPORT = '    THINGS: {"Fn::ImportValue": "users-${sls:stage}-things"}\n'


def shop(tmp_path: Path, victim: Victim) -> Repository:
    """users → orders → web, where orders imports what users exports."""
    repository = Repository(tmp_path / "repository", SERVICES)
    users = (repository.folder / "users/serverless.yml").read_text()
    repository.write("users/serverless.yml", users + EXPORT)
    repository.edit("orders/serverless.yml", "    LOG_LEVEL: info\n", f"    LOG_LEVEL: info\n{IMPORT}")
    repository.commit("Phases")
    asked = {"repository": str(repository.folder), "name": "app", "account": "outside"}
    assert victim.call("POST", "/apps", json=asked)
    assert victim.call("PUT", "/apps/app/phases", json={"phases": [[name] for name in SERVICES]})
    return repository


@pytest.mark.campaign
@pytest.mark.parametrize("kills", [pytest.param(2, id="few"), pytest.param(20, id="many")])
def test_killed_between_phases_nothing_is_lost_twice_or_out_of_order(
    kills: int,
    tmp_path: Path,
    victim: Victim,
    journal: tuple[str, Path],
) -> None:
    chance = random.Random(SEED)
    repository = shop(tmp_path, victim)

    for number in range(kills):
        kind = number % 4
        if kind == 0:
            _push(victim, repository, number, SERVICES)
        if kind == 1:
            assert victim.call("POST", "/apps/app/stages/dev/promote", json={})
        if kind == 2:
            confirm_open_reviews(victim)
        if kind == 3:
            _push(victim, repository, number, (chance.choice(SERVICES),))
        time.sleep(chance.uniform(0, LONGEST_WAIT))  # the random moment itself
        victim.kill()
        victim.start()
        let_everything_end(victim, confirm=kind in {2, 3})

    let_everything_end(victim, confirm=True)
    nothing_is_left_open(victim.data)
    each_change_set_ran_once(victim.data, journal[1])
    _phases_were_kept(victim.data)
    _only_what_changed_was_deployed(victim.data)


def _push(victim: Victim, repository: Repository, number: int, services: tuple[str, ...]) -> None:
    for name in services:
        repository.write(f"{name}/hello.js", f"exports.handler = async () => ({{ ok: {number} }});\n")
    repository.commit(f"Round {number}: {', '.join(services)}")
    assert victim.call("POST", "/apps/app/stages/dev/deploy", json={})


def _phases_were_kept(data: Path) -> None:
    """No service was deployed before those of the phase before had ended."""
    database = Database(data / "seed.db")
    with database.read() as session:
        for build in session.scalars(sa.select(Build)):
            ran = [row for row in build.services if row.state == "succeeded"]
            phases = [[row for row in ran if row.phase == number] for number in sorted({row.phase for row in ran})]
            for earlier, later in pairwise(phases):
                for one, other in product(earlier, later):
                    began = next(step.started_at for step in other.steps if step.name == "deploy")
                    assert one.ended_at <= began, (build.number, one.service.name, other.service.name)
    database.close()


def _only_what_changed_was_deployed(data: Path) -> None:
    """A push of one service left the others out, with a reason."""
    database = Database(data / "seed.db")
    with database.read() as session:
        promoted = session.scalars(sa.select(Promotion.id).where(Promotion.state == "promoted")).all()
        for build in session.scalars(sa.select(Build).where(Build.subject.like("Round %"))):
            changed = set(build.subject.split(": ")[1].split(", "))
            if build.state == "succeeded" and not build.promotion_id:
                deployed = {row.service.name for row in build.services if row.package_digest}
                assert deployed <= changed, (build.number, deployed)
                left = {row.reason for row in build.services if row.service.name not in changed}
                assert all(reason.startswith("unchanged since build") for reason in left)
    database.close()
    assert promoted
