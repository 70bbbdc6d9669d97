"""Whether a promotion still goes the pipeline's way: production takes only what staging ran."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.apps.stages import downstream
from seed.promotions.promote import NotDownstream, promotion_chain
from seed.promotions.records import Promotion
from seed.promotions.stale import make_stale
from seed.work.jobs.engine import Engine


def leads_there(session: Session, row: Promotion) -> bool:
    """A rollback stays in its stage."""
    source = session.get_one(Stage, row.source_build.stage_id)
    return row.kind == "rollback" or row.target_stage_id in {stage.id for stage in downstream(session, source)}


def must_lead_there(session: Session, row: Promotion) -> None:
    if not leads_there(session, row):
        raise NotDownstream(
            f"Builds of {row.source_build.stage.name} do not go to {row.target_stage.name} any more.",
            hint="The pipeline has changed since it was planned: promote along the stages that it has now.",
        )


def end_what_leads_nowhere(session: Session, engine: Engine, app_id: int, reason: str) -> None:
    """After the pipeline changed: what is planned or waits for a review, and may not go there any more."""
    for row in promotion_chain(session, app_id):
        if row.state in {"planning", "review"} and not leads_there(session, row):
            make_stale(session, engine, row, reason)
