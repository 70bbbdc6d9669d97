"""One stack, one that deploys it: whoever deploys the stack of another takes that one's resources away.

Two repositories with a service of the same name, or a configuration whose stack is named the same in every stage, would
do so without a word: in a development stage nobody reads what is removed.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.records import Account, Service, Stage
from seed.builds.in_stack import running_in, whose
from seed.builds.records import ServiceBuild
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
        theirs = whose(session, other)
    raise StackTaken(
        f"The stack {stack_name} is that of {theirs}: deployed from here, what only that one has would be removed.",
        hint="Give this one another name (one that holds the stage's, where it is the same service), or remove it "
        "there and keep its resources.",
        where=service.name,
    )


def who_else_runs(session: Session, stage: Stage, service_id: int, stack_name: str) -> ServiceBuild | None:
    """What runs in a stack of this name in the same account and region, and is not this service in this stage."""
    there = running_in(session, session.get_one(Account, stage.account_id), stack_name)
    return next((one for one in there if (one.stage_id, one.service_id) != (stage.id, service_id)), None)
