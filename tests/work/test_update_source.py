"""Another branch for a stage, and its build: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.seeded import NoWork
from tests.work.dying import Died
from tests.work.meeting_aws import Shop

from seed.apps.records import Stage
from seed.audit.records import AuditEvent
from seed.builds.deploy import StageRemoved
from seed.builds.records import Build
from seed.git.command import git
from seed.work import intake
from seed.work.jobs.engine import Kind


class DiesWhenAsked(NoWork):
    def submit(
        self, session: Session, kind: Kind, run_id: int, *, key: str, order: int, again: int = 0,  # noqa: ARG002
    ) -> None:  # fmt: skip
        raise Died


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    git(("branch", "next"), cwd=tmp_path / "repository")
    yield made
    made.world.database.close()


def now_there(shop: Shop) -> tuple[str, list[tuple[str, str]], int]:
    """The branch of the stage, its builds, and how often it was told that the branch changed."""
    with shop.world.database.read() as session:
        builds = session.execute(sa.select(Build.branch, Build.trigger).order_by(Build.id)).all()
        told = sa.select(sa.func.count(AuditEvent.id)).where(AuditEvent.action == "stage.source")
        return session.get_one(Stage, shop.dev.id).branch, [(b, t) for b, t in builds], session.scalars(told).one()


def test_a_kill_on_the_way_leaves_neither_and_asking_again_brings_both(shop: Shop) -> None:
    dying = replace(shop.world, engine=DiesWhenAsked())
    with pytest.raises(Died):
        intake.update_source(dying, shop.alice, "shop", "dev", "next")
    assert now_there(shop) == ("main", [], 0)

    intake.update_source(shop.world, shop.alice, "shop", "dev", "next")
    assert now_there(shop) == ("next", [("next", "source")], 1)


def test_where_nothing_may_be_built_the_branch_stays(shop: Shop) -> None:
    with shop.world.database.write() as session:
        session.get_one(Stage, shop.dev.id).removing = True

    with pytest.raises(StageRemoved):
        intake.update_source(shop.world, shop.alice, "shop", "dev", "next")

    assert now_there(shop) == ("main", [], 0)
