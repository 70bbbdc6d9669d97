"""How everything ends, whatever was killed: nothing open, and each change set executed once, as AWS saw it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from tests.chaos.victim import Victim
from tests.support.waiting import eventually

from seed.apps.records import StageLock
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.db.base import Database
from seed.promotions.records import Promotion
from seed.promotions.states import ENDED as PROMOTION_ENDED


def confirm_open_reviews(victim: Victim) -> None:
    for promotion in victim.call("GET", "/apps/app/promotions") or []:
        if promotion["state"] == "review":
            victim.call("POST", f"/promotions/{promotion['id']}/confirm", json={"digest": promotion["digest"]})
            return


def let_everything_end(victim: Victim, *, confirm: bool) -> None:
    """Every build, and every promotion but for a review that waits for the next round."""

    def quiet() -> bool:
        if confirm:
            confirm_open_reviews(victim)
        builds = victim.call("GET", "/apps/app/builds", params={"limit": 500}) or [{"state": "?"}]
        promotions = victim.call("GET", "/apps/app/promotions", params={"limit": 500}) or []
        waiting = set() if confirm else {"review"}
        ended = all(b["state"] in ENDED for b in builds)
        return ended and all(p["state"] in PROMOTION_ENDED | waiting for p in promotions)

    eventually(quiet, "the end of every build and promotion", 180)


def nothing_is_left_open(data: Path) -> None:
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


def each_change_set_ran_once(data: Path, journal: Path) -> None:
    executed = executions(journal)
    database = Database(data / "seed.db")
    with database.read() as session:
        succeeded = session.execute(
            sa.select(ServiceBuild.stack_name, ServiceBuild.change_set_arn).where(ServiceBuild.state == "succeeded")
        ).all()
    database.close()
    print(f"{sum(executed.values())} executions of {len(executed)} change sets")
    assert max(executed.values()) == 1
    assert set(executed) == {(stack, arn) for stack, arn in succeeded}


def executions(journal: Path) -> Counter[tuple[str, str]]:
    """How often each change set of each stack was executed, as AWS saw it."""
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return Counter((line["stack"], line["change_set"]) for line in lines if line["status"] == 200)
