"""One stack, one that deploys it: whoever deploys the stack of another takes that one's resources away.

Two repositories with a service of the same name, or a configuration whose stack is named the same in every stage, would
do so without a word: in a development stage nobody reads what is removed.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Account, Service, Stage
from seed.builds.find import running_services
from seed.builds.records import ServiceBuild
from seed.builds.states import GOOD
from seed.errors import Conflict
from seed.work.world import World


class StackTaken(Conflict):
    """The stack is what another service, or this one in another stage, has deployed there."""

    code = "stack-taken"


def must_be_its_own(world: World, stage: Stage, service: Service, stack_name: str) -> None:
    """Refused before anything is asked of the account."""
    with world.database.read() as session:
        other = who_else_runs(session, stage, service.id, stack_name)
        if other is None:
            return
        there = session.get_one(Stage, other.stage_id)
        whose = f"{other.service.name} of {there.app.slug} in {there.name}"
    raise StackTaken(
        f"The stack {stack_name} is that of {whose}: deployed from here, what only that one has would be removed.",
        hint="Give this one another name (one that holds the stage's, where it is the same service), or remove it "
        "there and keep its resources.",
        where=service.name,
    )


def who_else_runs(session: Session, stage: Stage, service_id: int, stack_name: str) -> ServiceBuild | None:
    """What runs in a stack of this name in the same account and region, and is not this service in this stage."""
    here = session.get_one(Account, stage.account_id)
    same = sa.and_(Account.aws_account == here.aws_account, Account.aws_account != "", Account.region == here.region,
                   Account.endpoint_url == here.endpoint_url)  # fmt: skip
    deployed = (
        sa.select(ServiceBuild.stage_id, ServiceBuild.service_id)
        .distinct()
        .join(Stage, Stage.id == ServiceBuild.stage_id)
        .join(Account, Account.id == Stage.account_id)
        .join(Service, Service.id == ServiceBuild.service_id)
        .where(ServiceBuild.stack_name == stack_name, ServiceBuild.state.in_(GOOD))
        .where(Stage.removed_at.is_(None), Service.removed_at.is_(None))
        .where(sa.or_(Account.id == here.id, same))
        .where(sa.or_(ServiceBuild.stage_id != stage.id, ServiceBuild.service_id != service_id))
    )
    for stage_id, other_id in session.execute(deployed).all():
        runs = running_services(session, stage_id).get(other_id)
        if runs is not None and runs.stack_name == stack_name:
            return runs
    return None
