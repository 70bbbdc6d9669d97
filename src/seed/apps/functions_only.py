"""Let a development stage update the functions that changed directly, where nothing else did."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.records import DEVELOPMENT, Stage
from seed.audit.record import record
from seed.db.base import ring
from seed.errors import Conflict
from seed.people.actor import Actor


class NotForThisStage(Conflict):
    """Only development stages may run code that CloudFormation does not know of."""

    code = "not-for-this-stage"


def set_functions_only(session: Session, actor: Actor, stage: Stage, *, on: bool) -> None:
    actor.must("admin")
    row = session.get_one(Stage, stage.id)
    if on and row.kind != DEVELOPMENT:
        raise NotForThisStage(
            f"{row.name} is a {row.kind} stage: everything there goes through CloudFormation.",
            hint="Only development stages can update functions directly.",
        )
    row.functions_only = on
    record(session, actor.name, "stage.functions_only", row.name, app_id=row.app_id, on=on)
    ring(session, f"app:{row.app_id}")
