"""Pause a promotion between its phases: what has run stays, and the rest is planned again for a second review."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.base import now, ring
from seed.promotions.leads_there import must_lead_there
from seed.promotions.promote import NotDownstream
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.states import moved
from seed.work.jobs.engine import Engine


def go_on(session: Session, engine: Engine, promotion: Promotion, services: Collection[int]) -> Promotion | None:
    """The promotion that carries the rest: same source and target, the services that have not run. None where the
    pipeline does not lead there any more: then the rest ends here.
    """
    plans = [plan for plan in promotion.plans if plan.service_id in services]
    names = ", ".join(plan.service.name for plan in plans)
    try:
        must_lead_there(session, promotion)
    except NotDownstream as error:
        promotion.state, promotion.ended_at = moved(promotion.state, "fail"), now()
        promotion.reason, promotion.failure = f"{names} did not run: {error.sentence}", error.as_dict()
        record(session, "seed", "promotion.failed", f"#{promotion.id}", app_id=promotion.app_id)
        ring(session, f"promotion:{promotion.id}", f"app:{promotion.app_id}")
        return None
    rest = Promotion(
        app_id=promotion.app_id,
        kind=promotion.kind,
        source_build_id=promotion.source_build_id,
        target_stage_id=promotion.target_stage_id,
        replaces_id=promotion.id,
        asked_by=promotion.asked_by,
    )
    session.add(rest)
    session.flush()
    session.add_all(
        ServicePlan(
            promotion_id=rest.id, service_id=plan.service_id, source_service_build_id=plan.source_service_build_id
        )
        for plan in plans
    )
    promotion.state, promotion.ended_at = moved(promotion.state, "pause"), now()
    verb = "waits" if len(plans) == 1 else "wait"
    promotion.reason = f"{names} {verb} for a second review: promotion {rest.id}"
    record(session, "seed", "promotion.paused", f"#{promotion.id}", app_id=promotion.app_id, rest=rest.id)
    engine.submit(session, "plan", rest.id, key="", order=rest.id)
    ring(session, f"promotion:{promotion.id}", f"app:{promotion.app_id}")
    return rest
