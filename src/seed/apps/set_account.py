"""Point a stage at another account, and so at another region."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.edit_stage import StageInUse, must_be_idle
from seed.apps.records import Account, Stage
from seed.audit.record import record
from seed.builds.records import ServiceBuild
from seed.db.base import ring
from seed.people.actor import Actor


def set_account(session: Session, actor: Actor, stage: Stage, account: Account) -> None:
    """Only before the first deployment, also one that failed: the old account would keep what it made."""
    actor.must("admin")
    must_be_idle(session, stage)
    stack = stack_there(session, stage)
    if stack:
        raise StageInUse(
            f"{stage.name} has been deployed with another account: {stack} may be there.",
            hint="Remove the stage with its stacks, and add it again.",
        )
    session.get_one(Stage, stage.id).account_id = account.id
    record(session, actor.name, "stage.account", stage.name, app_id=stage.app_id, account=account.name)
    ring(session, f"app:{stage.app_id}")


def stack_there(session: Session, stage: Stage) -> str:
    """One that a deployment of the stage may have left in its account; "" where there was none."""
    deployed = sa.select(ServiceBuild.stack_name).where(
        ServiceBuild.stage_id == stage.id, ServiceBuild.stack_name != ""
    )
    return session.scalar(deployed.limit(1)) or ""
