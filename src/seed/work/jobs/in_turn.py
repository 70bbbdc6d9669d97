"""The jobs that work on a stage, each in its turn."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from seed.builds.records import Build
from seed.db.base import ring
from seed.promotions.records import Confirmation, Promotion
from seed.removals.records import Removal
from seed.work.world import World

Run = Callable[[World, int], None]


def build_in_turn(run: Run) -> Run:
    def wait_and_run(world: World, build_id: int) -> None:
        with world.database.read() as session:
            build = session.get(Build, build_id)
        if build is not None:
            with world.turns.taken(build.app_id, confirmed=False, say=lambda why: _say(world, build_id, why)):
                run(world, build_id)

    return wait_and_run


def promotion_in_turn(run: Run) -> Run:
    def wait_and_run(world: World, promotion_id: int) -> None:
        with world.database.read() as session:
            promotion = session.get(Promotion, promotion_id)
            confirmed = sa.select(Confirmation.person_id).where(Confirmation.promotion_id == promotion_id)
            by_person = session.scalar(confirmed) is not None  # Seed itself is nobody of the people
        if promotion is not None:
            at = promotion.target_build_id or 0
            with world.turns.taken(promotion.app_id, confirmed=by_person, say=lambda why: _say(world, at, why)):
                run(world, promotion_id)

    return wait_and_run


def removal_in_turn(run: Run) -> Run:
    def wait_and_run(world: World, removal_id: int) -> None:
        with world.database.read() as session:
            removal = session.get(Removal, removal_id)
        if removal is not None:
            with world.turns.taken(removal.app_id or 0, confirmed=False, say=lambda _why: None):
                run(world, removal_id)

    return wait_and_run


def _say(world: World, build_id: int, why: str) -> None:
    with world.database.write() as session:
        build = session.get(Build, build_id)
        if build is not None and build.state == "queued":
            build.reason = why
            ring(session, f"build:{build_id}", f"app:{build.app_id}")
