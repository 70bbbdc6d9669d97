"""Mark a build as promoted once what runs of it has been carried to a stage downstream: whole, or in part."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.builds.find import running_services
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import GOOD
from seed.db.base import now, ring
from seed.promotions.records import Promotion, ServicePlan


def mark_promoted(session: Session, promotion: Promotion) -> None:
    """After it has ended, in whatever way. A rollback carries nothing: its source ran there before."""
    if promotion.kind != "promotion":
        return
    build = session.get_one(Build, promotion.source_build_id)
    runs = {row.id for row in running_services(session, build.stage_id, up_to=build.number).values()}
    carried = _carried(session, runs, promotion.target_stage_id)
    if carried and carried == runs:
        build.promoted_at, build.partly_promoted = now(), False
    elif carried and build.promoted_at is None:
        build.partly_promoted = True
    ring(session, f"build:{build.id}")


def _carried(session: Session, rows: set[int], target_stage_id: int) -> set[int]:
    """Those of these service builds that some promotion brought to the target, or found to run there already."""
    there = sa.and_(
        ServiceBuild.build_id == Promotion.target_build_id, ServiceBuild.service_id == ServicePlan.service_id
    )
    query = (
        sa.select(ServicePlan.source_service_build_id)
        .join(Promotion, Promotion.id == ServicePlan.promotion_id)
        .outerjoin(ServiceBuild, there)
        .where(
            Promotion.target_stage_id == target_stage_id,
            Promotion.kind == "promotion",
            ServicePlan.source_service_build_id.in_(rows),
            sa.or_(Promotion.state == "unchanged", ServiceBuild.state.in_(GOOD)),
        )
    )
    return set(session.scalars(query))
