"""Plan a promotion: for each service the stored package and a real change set on the target's stack."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.aws.port import Cloud
from seed.changesets import from_json, to_json
from seed.db.base import now, ring
from seed.packages import Package
from seed.people.actor import SEED
from seed.promotions.digest import Reviewed, digest_of
from seed.promotions.load import load_promotion
from seed.promotions.mark import mark_promoted
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.states import ENDED, moved
from seed.work.commands.plugins import due, with_plugins
from seed.work.errors import PackageNotMade
from seed.work.packaging.make_downstream import ensure_package
from seed.work.promoting.auto_promote import confirm_by_itself, goes_by_itself
from seed.work.promoting.code_files import running_package, with_code
from seed.work.promoting.discard import change_set_name, discard
from seed.work.promoting.preview import plan_preview, promised
from seed.work.rows import as_failure, shown, told
from seed.work.secrets import stored_secrets
from seed.work.source.strangers import must_be_ours
from seed.work.stacks.execute import PLUGINS
from seed.work.stacks.nested import ground_of
from seed.work.stacks.plan_stack import StackPlan, asked, plan_stack
from seed.work.stacks.try_again import clear_away
from seed.work.stacks.whose_stack import must_be_its_own
from seed.work.world import World

ENDED_MEANWHILE = frozenset({"rejected", "stale"})
"""By a person, or because another one was confirmed or works now, while it was planned."""


@dataclass(frozen=True, slots=True)
class _Planned:
    plan: ServicePlan
    package: Package
    stack: StackPlan


def plan(world: World, promotion_id: int) -> None:
    """Ends in review, unchanged or failed, or confirmed where nobody has to read it."""
    _plan(world, promotion_id)
    with world.database.read() as session:
        state = session.scalar(sa.select(Promotion.state).where(Promotion.id == promotion_id))
    if state in ENDED_MEANWHILE:
        # The job that throws it away, which runs once, may have been done before this one had made what it made.
        discard(world, promotion_id)
    confirm_by_itself(world, promotion_id)


def _plan(world: World, promotion_id: int) -> None:
    """Change sets carry its id, so a second run finds them."""
    with world.database.read() as session:
        promotion = load_promotion(session, promotion_id)
    if promotion.state != "planning":
        return
    try:
        cloud = world.connect(promotion.target_stage.account)
        cloud.identity()
    except Exception as error:  # noqa: BLE001, told by the row
        _fail(world, promotion_id, {row.id: error for row in promotion.plans[:1]})
        return
    failures: dict[int, Exception] = {}
    packages: dict[int, Package] = {}
    missing: dict[int, dict[str, str]] = {}
    with ThreadPoolExecutor(world.settings.services_at_once) as pool:
        list(pool.map(lambda row: _package_service(world, promotion, row, packages, failures), promotion.plans))
        if not failures:
            missing = _promised(cloud, promotion, packages, failures)
        rows = [row for row in promotion.plans if row.id in packages and not failures]
        list(pool.map(lambda row: _plan_service(world, cloud, promotion, row, packages, missing, failures), rows))
    if failures:
        _fail(world, promotion_id, failures)
    else:
        _settle(world, promotion_id)


def _package_service(
    world: World,
    promotion: Promotion,
    row: ServicePlan,
    packages: dict[int, Package],
    failures: dict[int, Exception],
) -> None:
    try:
        packages[row.id] = _package(world, promotion, row)
    except Exception as error:  # noqa: BLE001, told to the person by its row
        failures[row.id] = error


def _promised(
    cloud: Cloud, promotion: Promotion, packages: dict[int, Package], failures: dict[int, Exception]
) -> dict[int, dict[str, str]]:
    try:
        return promised(cloud, promotion, packages)
    except Exception as error:  # noqa: BLE001, told to the person by the row
        where = getattr(error, "where", "")
        row = next((row for row in promotion.plans if row.service.name == where), promotion.plans[0])
        failures[row.id] = error
        return {}


def _plan_service(
    world: World,
    cloud: Cloud,
    promotion: Promotion,
    row: ServicePlan,
    packages: dict[int, Package],
    missing: dict[int, dict[str, str]],
    failures: dict[int, Exception],
) -> None:
    try:
        package = packages[row.id]
        local = promotion.target_stage.account.kind == "local"
        name = change_set_name(promotion.id, row.id)
        secrets = stored_secrets(world)
        must_be_its_own(world, promotion.target_stage, row.service, package.stack_name)
        _remember_place(world, row, package)
        clear_away(world, cloud, promotion.app_id, package.stack_name)
        if row.id in missing:
            preview = plan_preview(world, cloud, package, name, missing[row.id])
            before = cloud.stack(package.stack_name)
            stack = asked(ground_of(cloud, package, world.store, before, local=local, secrets=secrets), preview)
        else:
            stack = plan_stack(cloud, package, world.store, name, local=local, secrets=secrets, reviewed=True)
        if stack.unchanged and due(world, promotion, row, package):
            stack = replace(stack, method=PLUGINS)
        running = running_package(world, promotion, row)
        code = with_code(from_json(stack.changes), running, package, world.store, secrets)
        told = code if stack.unchanged else with_plugins(code, package, running)
        _remember(world, _Planned(row, package, replace(stack, changes=to_json(told, contexts=True))))
    except Exception as error:  # noqa: BLE001, told to the person by its row
        failures[row.id] = error


def _package(world: World, promotion: Promotion, row: ServicePlan) -> Package:
    """A rollback uses what ran; a promotion what was made beside the build, made now where it is missing."""
    if promotion.kind == "rollback":
        return world.store.get_package(row.source.package_digest)
    must_be_ours(world, [row.source.build])
    sources = {promotion.source_build_id, row.source.build_id}
    if promotion.asked_by == SEED.name and not goes_by_itself(world, sources):
        raise PackageNotMade("This code goes on only when somebody promotes it.", hint="Read it, and promote it.")
    return ensure_package(world, row.source, promotion.target_stage, lambda: _ended(world, promotion.id))


def _ended(world: World, promotion_id: int) -> bool:
    """Rejected, say, while it is packaged."""
    with world.database.read() as session:
        return session.scalar(sa.select(Promotion.state).where(Promotion.id == promotion_id)) in ENDED


def _remember_place(world: World, row: ServicePlan, package: Package) -> None:
    """Before anything is made there: whoever throws it away must find it, also where the plan is cut short."""
    with world.database.write() as session:
        session.get_one(ServicePlan, row.id).stack_name = package.stack_name


def _remember(world: World, planned: _Planned) -> None:
    with world.database.write() as session:
        row = session.get_one(ServicePlan, planned.plan.id)
        stack = planned.stack
        row.state = "unchanged" if stack.unchanged else "ready"
        row.package_digest = planned.package.digest
        row.stack_name, row.stack_id = stack.stack_name, stack.stack_id
        row.change_set_name, row.change_set_arn = stack.change_set_name, stack.change_set_arn
        row.method, row.baseline, row.changes = stack.method, stack.baseline, stack.changes
        row.failure = None
        ring(session, f"promotion:{row.promotion_id}")


def _settle(world: World, promotion_id: int) -> None:
    with world.database.write() as session:
        row = session.get_one(Promotion, promotion_id)
        if row.state in ENDED:
            return
        plans = _plans(session, promotion_id)
        row.planned_at = now()
        if all(plan.state == "unchanged" for plan in plans):
            row.state, row.ended_at = moved(row.state, "nothing"), now()
            row.reason = "nothing would change"
            mark_promoted(session, row)
        else:
            row.state = moved(row.state, "plan")
            row.digest = promotion_digest(row, plans)
        ring(session, f"promotion:{row.id}", f"app:{row.app_id}")


def promotion_digest(row: Promotion, plans: list[ServicePlan]) -> str:
    return digest_of(
        row.kind,
        row.source_build_id,
        row.target_stage_id,
        [
            Reviewed(
                service=plan.service.name,
                package=plan.package_digest,
                method=plan.method,
                change_set=plan.change_set_arn,
                baseline=plan.baseline or {},
                changes=plan.changes or {},
            )
            for plan in plans
        ],
    )


def _plans(session: Session, promotion_id: int) -> list[ServicePlan]:
    query = sa.select(ServicePlan).where(ServicePlan.promotion_id == promotion_id).order_by(ServicePlan.id)
    return list(session.scalars(query))


def _fail(world: World, promotion_id: int, failures: dict[int, Exception]) -> None:
    said = {plan_id: shown(world, told(error, promotion=promotion_id)) for plan_id, error in failures.items()}
    with world.database.write() as session:
        row = session.get_one(Promotion, promotion_id)
        for plan_id in failures:
            failed = session.get_one(ServicePlan, plan_id)
            failed.state, failed.failure = "failed", as_failure(said[plan_id])
        first = session.get_one(ServicePlan, min(failures))
        if row.state not in ENDED:
            row.state, row.ended_at = moved(row.state, "fail"), now()
            row.failure = first.failure
            row.reason = f"{first.service.name}: {(first.failure or {}).get('sentence', '')}"
            world.engine.submit(session, "discard", row.id, key="", order=row.id)
        ring(session, f"promotion:{row.id}", f"app:{row.app_id}")
