"""What runs in a stack, whichever app and stage deployed it there: a stack's name is one in an account and region."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Account, Service, Stage
from seed.builds.find import running_services
from seed.builds.records import ServiceBuild
from seed.builds.states import GOOD


def whose(session: Session, runs: ServiceBuild) -> str:
    """`orders of shop in dev`."""
    there = session.get_one(Stage, runs.stage_id)
    return f"{runs.service.name} of {there.app.slug} in {there.name}"


def running_in(session: Session, account: Account, stack_name: str) -> Iterator[ServiceBuild]:
    """Not what has been removed from Seed, and not what runs in a stack of another name by now."""
    same = sa.and_(Account.aws_account == account.aws_account, Account.aws_account != "",
                   Account.region == account.region, Account.endpoint_url == account.endpoint_url)  # fmt: skip
    deployed = (
        sa.select(ServiceBuild.stage_id, ServiceBuild.service_id)
        .distinct()
        .join(Stage, Stage.id == ServiceBuild.stage_id)
        .join(Account, Account.id == Stage.account_id)
        .join(Service, Service.id == ServiceBuild.service_id)
        .where(ServiceBuild.stack_name == stack_name, ServiceBuild.state.in_(GOOD))
        .where(Stage.removed_at.is_(None), Service.removed_at.is_(None))
        .where(sa.or_(Account.id == account.id, same))
    )
    for stage_id, service_id in session.execute(deployed).all():
        runs = running_services(session, stage_id).get(service_id)
        if runs is not None and runs.stack_name == stack_name:
            yield runs
