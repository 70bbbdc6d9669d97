"""A promotion with everything that is read of it, loaded at once: good to use after the session has ended."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from seed.apps.records import Stage
from seed.builds.records import Build, ServiceBuild
from seed.promotions.records import Promotion, ServicePlan


def load_promotion(session: Session, promotion_id: int) -> Promotion:
    options = (
        selectinload(Promotion.app),
        selectinload(Promotion.confirmation),
        selectinload(Promotion.source_build).selectinload(Build.stage),
        selectinload(Promotion.target_build).selectinload(Build.services).defer(ServiceBuild.changes),
        selectinload(Promotion.target_stage).selectinload(Stage.account),
        selectinload(Promotion.target_stage).selectinload(Stage.app),
        selectinload(Promotion.plans).selectinload(ServicePlan.service),
        selectinload(Promotion.plans).selectinload(ServicePlan.promotion),
        # What the source's own deployment changed is long, and nothing that a promotion needs.
        selectinload(Promotion.plans).selectinload(ServicePlan.source).defer(ServiceBuild.changes),
        selectinload(Promotion.plans).selectinload(ServicePlan.source).selectinload(ServiceBuild.build),
        selectinload(Promotion.plans).selectinload(ServicePlan.source).selectinload(ServiceBuild.downstream),
    )
    return session.scalars(sa.select(Promotion).where(Promotion.id == promotion_id).options(*options)).one()
