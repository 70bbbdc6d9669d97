"""Keep a stage that would go by itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.edit_stage import StageInUse
from seed.apps.records import Stage
from seed.automatic.close import let_stay
from seed.db.base import now
from seed.errors import Invalid
from seed.people.actor import Actor


def keep(session: Session, actor: Actor, stage: Stage) -> None:
    """Its mark is gone, and its idle days begin again. Another end of its branch or pull request marks it anew."""
    actor.must("deploy")
    row = session.get_one(Stage, stage.id)
    if not row.origin:
        raise Invalid(f"{row.name} does not go by itself.", hint="Somebody made it; it stays until it is removed.")
    if row.removing:
        raise StageInUse(f"{row.name} is being removed already.")
    row.kept_at = now()
    let_stay(session, row, actor)
