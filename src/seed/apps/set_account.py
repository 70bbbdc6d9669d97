"""Point a stage at another account, and so at another region."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from seed.apps.edit_stage import StageInUse, must_be_idle
from seed.apps.records import Account, App, Stage
from seed.audit.record import record
from seed.builds.records import ServiceBuild
from seed.db.base import ring
from seed.people.actor import Actor


def set_account(session: Session, actor: Actor, stage: Stage, account: Account) -> None:
    """Only before the first deployment, also one that failed: the old account would keep what it made."""
    actor.must("admin")
    must_be_idle(session, stage)
    stack = session.scalar(_stack_of(stage.id))
    if stack:
        raise StageInUse(
            f"{stage.name} has been deployed with another account: {stack} may be there.",
            hint="Remove the stage with its stacks, and add it again.",
        )
    session.get_one(Stage, stage.id).account_id = account.id
    record(session, actor.name, "stage.account", stage.name, app_id=stage.app_id, account=account.name)
    ring(session, f"app:{stage.app_id}")


def stacks_there(session: Session, app: App) -> dict[int, str]:
    """For each stage one that a deployment may have left in its account; none where there was none."""
    found = sa.select(Stage.id, _stack_of(Stage.id).scalar_subquery()).where(Stage.app_id == app.id)
    return {stage_id: stack for stage_id, stack in session.execute(found) if stack}


def _stack_of(stage_id: int | sa.ColumnElement[int] | InstrumentedAttribute[int]) -> sa.Select[str]:
    return (
        sa.select(ServiceBuild.stack_name)
        .where(ServiceBuild.stage_id == stage_id, ServiceBuild.stack_name != "")
        .limit(1)
    )
