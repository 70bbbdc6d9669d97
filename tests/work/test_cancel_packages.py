"""Packages that are made beside a build, for stages downstream: they can be cancelled, and have a time limit in all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.meeting_aws import HANGS, Shop, opened, while_it_hangs

from seed.builds.cancel import cancel
from seed.builds.records import Build, DownstreamPackage
from seed.builds.states import NotPossible
from seed.db.base import now
from seed.work.logs.log import read
from seed.work.packaging.make_downstream import OVERDUE, make_downstream


def packaging(shop: Shop) -> Build:
    """A build that has ended, whose package for production is still to be made."""
    shop.carried_out(shop.confirmed())
    with shop.world.database.write() as session:
        session.scalars(sa.select(DownstreamPackage)).one().state = "making"
        return session.scalars(sa.select(Build).where(Build.promotion_id.is_(None))).one()


def package(shop: Shop) -> DownstreamPackage:
    with shop.world.database.read() as session:
        return session.scalars(sa.select(DownstreamPackage)).one()


def log(shop: Shop) -> str:
    return "\n".join(line.text for line in read(shop.world.folders.package_log(package(shop).id), 0, 1000))


def cancelled(shop: Shop, build: Build) -> None:
    with shop.world.database.write() as session:
        cancel(session, shop.alice, build)


def test_cancelled_while_its_hooks_hang_it_ends_at_once_and_says_who_did_it(tmp_path: Path) -> None:
    with opened(tmp_path, f"before_build: ['{HANGS}']\n") as shop:
        build = packaging(shop)

        while_it_hangs(lambda: make_downstream(shop.world, build.id), lambda: log(shop), lambda: cancelled(shop, build))

        made = package(shop)
        assert (made.state, made.failure["sentence"]) == ("failed", f"Cancelled by {shop.alice.name}.")
        with shop.world.database.read() as session:
            assert session.get_one(Build, build.id).state == "succeeded", "the build itself went well"


def test_cancelled_before_it_began_it_does_not_begin(tmp_path: Path) -> None:
    with opened(tmp_path, "before_build: ['false']\n") as shop:
        build = packaging(shop)
        cancelled(shop, build)

        make_downstream(shop.world, build.id)

        assert package(shop).failure["code"] == "cancelled"


def test_what_is_not_being_made_cannot_be_cancelled(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        build = packaging(shop)
        cancelled(shop, build)

        with pytest.raises(NotPossible, match="has ended: succeeded"):
            cancelled(shop, build)


def test_together_they_may_take_as_long_as_the_build_itself(tmp_path: Path) -> None:
    with opened(tmp_path, f"before_build: ['{HANGS}']\n") as shop:
        build = packaging(shop)
        with shop.world.database.write() as session:
            row = session.get_one(Build, build.id)
            row.started_at, row.ends_by = now(), now() + timedelta(seconds=1)

        make_downstream(shop.world, build.id)

        assert (package(shop).state, package(shop).failure["sentence"]) == ("failed", OVERDUE)
