"""Promotions that come by themselves: asked for once a build works, confirmed only where the stage says so.

What runs is what a person would have confirmed: the same plan, the same digest, the same checks. A stage that
reads findings lets only those promotions through whose findings are all routine; every other one waits for a person.
What comes from a stage for one branch or pull request, from a fork, or by hand from outside of the app's own branch,
is never promoted without one; nor is a rollback, which says what one stage shall run and nothing of those behind it.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import BY_HAND, DEVELOPMENT, FINDINGS, NEVER, Stage
from seed.apps.stages import downstream
from seed.builds.find import running_services, working_build
from seed.builds.records import Build
from seed.errors import SeedError
from seed.people.actor import SEED
from seed.promotions.confirm import confirm
from seed.promotions.load import load_promotion
from seed.promotions.promote import ask
from seed.promotions.records import Promotion
from seed.promotions.stale import make_stale
from seed.work.commands.given import is_strangers
from seed.work.promoting.review import must_be_read
from seed.work.source.on_branch import on_branch
from seed.work.world import World

ROLLBACK = "rollback"
log = structlog.get_logger(__name__)


def promote_by_itself(world: World, build_id: int) -> None:
    """Every stage downstream that takes working builds without being asked. Asked once for a build."""
    agreed = _all_that_runs(world, build_id)
    with world.database.write() as session:
        build = session.get_one(Build, build_id)
        chosen = list(running_services(session, build.stage_id).values())
        if not agreed or not {row.build_id for row in chosen} <= agreed:  # what came since goes on with its own build
            return
        for target in downstream(session, session.get_one(Stage, build.stage_id)):
            asked = sa.select(Promotion.id).where(
                Promotion.source_build_id == build.id, Promotion.target_stage_id == target.id
            )
            if target.auto_promote == BY_HAND or session.scalar(asked.limit(1)):
                continue
            _replace_waiting(world, session, target, build)
            try:
                ask(session, world.engine, SEED, build, target, chosen, kind="promotion")
            except SeedError as error:  # the stage is busy: its next working build is promoted
                log.info("not promoted by itself", build=build.number, to=target.name, because=error.sentence)


def _all_that_runs(world: World, build_id: int) -> frozenset[int]:
    """A build that works and what runs beside it, by their ids, where all of them may go on by themselves. Git may be
    asked, so this comes before a transaction that others wait for.
    """
    with world.database.read() as session:
        build = session.get_one(Build, build_id)
        if build.state != "succeeded":
            return frozenset()
        others = {row.build_id for row in running_services(session, build.stage_id).values()}
    together = frozenset({build_id, *others})
    return together if goes_by_itself(world, together) else frozenset()


def goes_by_itself(world: World, builds: Iterable[int]) -> bool:
    """Whether all of them come from where only what was agreed on comes in: the stage that follows the app's own
    branch, or one that is reached by promotion itself, unless it was rolled back. Builds, as what runs in a stage may
    be of several; by their ids. Git may be asked: call it outside of a transaction.
    """
    with world.database.read() as session:
        found = [session.get_one(Build, one) for one in set(builds)]
        if not all(_agreed(build) and not is_strangers(session, build) for build in found):
            return False
        built = [(build.stage.app, build) for build in found if build.stage.kind == DEVELOPMENT]
    return all(on_branch(world, app, build, app.branch) for app, build in built)


def _agreed(build: Build) -> bool:
    """As far as rows tell: whether its commit is on the branch that they name, Git knows."""
    stage = build.stage
    if build.trigger == ROLLBACK:
        return False
    return stage.kind != DEVELOPMENT or (not stage.origin and stage.branch == build.branch == stage.app.branch)


def promote_what_waited(world: World, promotion_id: int) -> None:
    """After a promotion its target goes on, and what could not come in while it was busy is asked for now."""
    with world.database.read() as session:
        promotion = load_promotion(session, promotion_id)
        target = promotion.target_stage
        stages = stages_of(session, target.app_id)
        before = [one for one in stages if target.id in {stage.id for stage in downstream(session, one)}]
        working = [found.id for one in before if (found := working_build(session, one.id))]
    for build_id in (promotion.target_build_id, *working):
        if build_id is not None:
            promote_by_itself(world, build_id)


def _replace_waiting(world: World, session: Session, target: Stage, build: Build) -> None:
    """A review that Seed asked for and nobody has decided makes room for the build that works now."""
    older = sa.select(Promotion).where(
        Promotion.target_stage_id == target.id,
        Promotion.asked_by == SEED.name,
        Promotion.state.in_(("planning", "review")),
    )
    for promotion in session.scalars(older):
        if promotion.source_build.stage_id == build.stage_id:
            make_stale(session, world.engine, promotion, f"build {build.number} works now")


def confirm_by_itself(world: World, promotion_id: int) -> None:
    """A planned promotion that Seed asked for, where nobody has to read it."""
    with world.database.read() as session:
        promotion = load_promotion(session, promotion_id)
    if promotion.state != "review" or promotion.asked_by != SEED.name or promotion.kind != "promotion":
        return
    if not goes_by_itself(world, {promotion.source_build_id, *(plan.source.build_id for plan in promotion.plans)}):
        return
    level = FINDINGS if promotion.target_stage.always_review else promotion.target_stage.auto_promote
    if level == NEVER or (level == FINDINGS and not must_be_read(world, promotion)):
        try:
            with world.database.write() as session:
                confirm(session, world.engine, SEED, promotion, promotion.digest)
        except SeedError as error:  # it stays open for a person
            log.info("not confirmed by itself", promotion=promotion_id, because=error.sentence)
