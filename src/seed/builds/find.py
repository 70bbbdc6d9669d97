"""Fetch builds through the person who asks, and answer what runs where."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import stage_of
from seed.apps.records import Stage
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import ENDED, GOOD
from seed.errors import NotFound
from seed.people.actor import Actor


def build_of(session: Session, actor: Actor, slug: str, stage_name: str, number: int) -> Build:
    stage = stage_of(session, actor, slug, stage_name)
    build = session.scalar(sa.select(Build).where(Build.stage_id == stage.id, Build.number == number))
    if build is None:
        raise NotFound(f"{slug} {stage_name} has no build {number}.", hint=f"seed builds {slug} lists them.")
    return build


def builds_of(session: Session, actor: Actor, slug: str, stage_name: str | None = None, limit: int = 50) -> list[Build]:
    """Newest first."""
    from seed.apps.find import app_of

    app = app_of(session, actor, slug)
    query = sa.select(Build).where(Build.app_id == app.id).order_by(Build.id.desc()).limit(limit)
    if stage_name is not None:
        query = query.where(Build.stage_id == stage_of(session, actor, slug, stage_name).id)
    return list(session.scalars(query))


def working_build(session: Session, stage_id: int) -> Build | None:
    """The last build of a stage that succeeded: what runs there now."""
    return session.scalar(
        sa.select(Build)
        .where(Build.stage_id == stage_id, Build.state == "succeeded")
        .order_by(Build.number.desc())
        .limit(1)
    )


def ended_well(session: Session, stage_id: int, service_id: int, *, before: int | None = None) -> bool:
    """Whether a service's last build in a stage (before build `before`), other than one it was left out of, did."""
    query = (
        sa.select(ServiceBuild.state)
        .join(Build, Build.id == ServiceBuild.build_id)
        .where(
            ServiceBuild.stage_id == stage_id,
            ServiceBuild.service_id == service_id,
            ServiceBuild.state != "skipped",
        )
        .order_by(Build.number.desc())
        .limit(1)
    )
    if before is not None:
        query = query.where(Build.number < before)
    return session.scalar(query) in GOOD


def ahead_of_cloudformation(session: Session, stage_id: int) -> list[str]:
    """The services of which a stage runs code that no whole deployment has brought there yet, by name."""
    rows = session.scalars(
        sa.select(ServiceBuild)
        .join(Build, Build.id == ServiceBuild.build_id)
        .where(ServiceBuild.stage_id == stage_id, sa.or_(ServiceBuild.code_ahead, ServiceBuild.state == "succeeded"))
        .order_by(Build.number)
    )
    newest = {row.service_id: row for row in rows}
    return sorted(row.service.name for row in newest.values() if row.code_ahead)


def running_services(session: Session, stage_id: int, up_to: int | None = None) -> dict[int, ServiceBuild]:
    """Service id → the service build that runs there, as of build `up_to` (now, when None).

    A build of one service leaves the others where they were; a failed build may have deployed some; one that was
    unchanged by its files has no package of its own, so what was deployed before it runs.
    """
    good = (
        sa.select(ServiceBuild.service_id, sa.func.max(Build.number).label("number"))
        .join(Build, Build.id == ServiceBuild.build_id)
        .where(Build.stage_id == stage_id, ServiceBuild.state.in_(("succeeded", "unchanged")))
        .where(ServiceBuild.package_digest != "")
        .group_by(ServiceBuild.service_id)
    )
    if up_to is not None:
        good = good.where(Build.number <= up_to)
    latest = good.subquery()
    rows = session.scalars(
        sa.select(ServiceBuild)
        .join(Build, Build.id == ServiceBuild.build_id)
        .join(
            latest,
            sa.and_(ServiceBuild.service_id == latest.c.service_id, Build.number == latest.c.number),
        )
        .where(Build.stage_id == stage_id)
    )
    return {row.service_id: row for row in rows}


def packages_in_the_making(session: Session, build_id: int) -> list[DownstreamPackage]:
    """For stages downstream, beside the build."""
    query = (
        sa.select(DownstreamPackage)
        .join(ServiceBuild, ServiceBuild.id == DownstreamPackage.service_build_id)
        .where(ServiceBuild.build_id == build_id, DownstreamPackage.state == "making")
    )
    return list(session.scalars(query.order_by(DownstreamPackage.id)))


def is_over(session: Session, build_id: int) -> bool:
    """Nothing will be written any more: the build has ended, and so have the packages made beside it; or it is gone."""
    state = session.scalar(sa.select(Build.state).where(Build.id == build_id))
    return state is None or (state in ENDED and not packages_in_the_making(session, build_id))


def stage_busy(session: Session, stage: Stage) -> Build | None:
    """The build that is at work in a stage."""
    return session.scalar(
        sa.select(Build).where(Build.stage_id == stage.id, Build.state.in_(("queued", "running"))).limit(1)
    )
