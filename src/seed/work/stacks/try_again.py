"""Try a deployment again that failed by chance: the decision is written down first, then carried out.

What the row holds after a failed attempt (its reason, when the next begins, under which name) is enough to go on
after a crash at any point: the stack that is removed is named by its id, the next change set by its attempt.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from seed.audit.record import record
from seed.audit.records import AuditEvent
from seed.aws.errors import ChangeSetMoved, check_updatable
from seed.aws.follow import StackEnd
from seed.aws.port import Cloud
from seed.aws.values import Stack
from seed.builds.records import Build, ServiceBuild
from seed.builds.retry import NEVER_MADE, Again, deploy_again, ever_well
from seed.builds.states import GOOD
from seed.changesets import from_json
from seed.db.base import now
from seed.errors import Cancelled, Stopping
from seed.promotions.covered import not_covered
from seed.work.logs.log import LogWriter
from seed.work.rows import cancel_asked, move_service
from seed.work.secrets import stored_secrets
from seed.work.stacks.plan_stack import plan_stack
from seed.work.stacks.stack_settings import SETTINGS
from seed.work.world import World

STACK = "AWS::CloudFormation::Stack"
TICK_SECONDS = 0.5
GONE_PAUSE = (0.05, 5.0)
GONE_SECONDS = 600.0
MOST_NAMED = 5


def token_of(row: ServiceBuild) -> str:
    """Fixed for an attempt, so that a repeated call is harmless."""
    tries = len(row.attempts or [])
    return f"seed-{row.id}-again-{tries}" if tries else f"seed-{row.id}"


def decide(world: World, cloud: Cloud, row: ServiceBuild, end: StackEnd) -> Again | None:
    stack = cloud.stack(row.stack_name)
    return deploy_again(
        end.status,
        end.reason,
        len(row.attempts or []),
        once_succeeded=stack is None or once_succeeded(world, cloud, stack),
        step=world.settings.retry_seconds,
    )


def remember(world: World, row: ServiceBuild, end: StackEnd, again: Again, writer: LogWriter) -> ServiceBuild:
    """From here on the row stands before its next attempt."""
    tries = [*(row.attempts or [])]
    first = tries[0]["change_set_name"] if tries else row.change_set_name
    where = f"{end.failed_resource} ({end.failed_type}): " if end.failed_resource else ""
    reason = writer.masked(f"{where}{end.reason}")
    attempt: dict[str, Any] = {
        "number": len(tries) + 1,
        "ended_at": now().isoformat(),
        "status": end.status,
        "reason": reason,
        "again_at": (now() + timedelta(seconds=again.seconds)).isoformat(),
        "remove": again.remove,
        "stack_id": row.stack_id,
        "change_set_name": row.change_set_name,
        "change_set_arn": row.change_set_arn,
    }
    writer.write(f"✗ Attempt {attempt['number']}: {reason}")
    writer.write(f"  Trying again in {again.seconds:g} seconds: such an error comes of deploying side by side.")
    return move_service(
        world, row.id, "deploy", attempts=[*tries, attempt], last_event="",
        change_set_name=f"{first}-again-{len(tries) + 1}",
    )  # fmt: skip


def stands_before_another(row: ServiceBuild) -> bool:
    return bool(row.attempts) and not row.last_event


def prepare(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> ServiceBuild:
    """Wait, remove what the first deployment left, and make the change set again. Safe to run twice."""
    attempt = (row.attempts or [])[-1]
    _wait(world, row, datetime.fromisoformat(attempt["again_at"]))
    if attempt["remove"]:
        _remove_husk(world, cloud, row, attempt["stack_id"], writer)
    return _plan_again(world, cloud, row, writer)


def clear_away(world: World, cloud: Cloud, app_id: int, stack_name: str, say: Any = lambda _text: None) -> None:
    """Before anything is planned: what a failed first deployment left behind goes, and nothing else does."""
    stack = cloud.stack(stack_name)
    if stack is None or stack.status != NEVER_MADE or once_succeeded(world, cloud, stack):
        return
    say(f"The first deployment of {stack_name} failed and left an empty stack: it is removed and made again.")
    _delete(world, cloud, stack, app_id)


def once_succeeded(world: World, cloud: Cloud, stack: Stack) -> bool:
    """By our rows, and by what CloudFormation remembers of the stack."""
    query = sa.select(ServiceBuild.id).where(
        ServiceBuild.stack_id == stack.stack_id, ServiceBuild.state.in_(GOOD), ServiceBuild.stack_id != ""
    )
    with world.database.read() as session:
        if session.scalar(query.limit(1)) is not None:
            return True
    return ever_well(event.status for event in cloud.events(stack.name)
                     if event.resource_type == STACK and event.logical_id == stack.name)  # fmt: skip


def _wait(world: World, row: ServiceBuild, until: datetime) -> None:
    while (left := (until - datetime.now(UTC)).total_seconds()) > 0:
        if world.stopping.wait(min(left, TICK_SECONDS)):
            raise Stopping
        if cancel_asked(world, row.build_id):
            raise Cancelled("Cancelled before it was tried again.")


def _remove_husk(world: World, cloud: Cloud, row: ServiceBuild, stack_id: str, writer: LogWriter) -> None:
    stack = cloud.stack(row.stack_name)
    if stack is None or stack.stack_id != stack_id:
        return  # gone already, or ours of a run before this one; a stranger's is not updated: see below
    if stack.status != "DELETE_IN_PROGRESS":
        if stack.status != NEVER_MADE or once_succeeded(world, cloud, stack):
            check_updatable(stack, stack.name)
            raise _moved(row, f"it is {stack.status}")
        writer.write(f"Removing {stack.name}, which was never deployed well, before it is made again")
    _delete(world, cloud, stack, None)


def _delete(world: World, cloud: Cloud, stack: Stack, app_id: int | None) -> None:
    if stack.status != "DELETE_IN_PROGRESS":
        _tell_first(world, stack, app_id)
        cloud.delete_stack(stack.name, f"seed-never-made-{stack.stack_id.rsplit('/', 1)[-1]}"[:128])
    pause, slowest = GONE_PAUSE
    began = time.monotonic()
    while (now_there := cloud.stack(stack.name)) is not None and now_there.stack_id == stack.stack_id:
        if now_there.status == "DELETE_FAILED" or time.monotonic() - began > GONE_SECONDS:
            check_updatable(now_there, stack.name)
            return
        if world.stopping.wait(pause):
            raise Stopping
        pause = min(pause * 1.5, slowest)


def _tell_first(world: World, stack: Stack, app_id: int | None) -> None:
    """Once for a stack, and before it goes: whoever is killed in between has told of it."""
    told = sa.select(AuditEvent.id).where(
        AuditEvent.action == "stack.removed", AuditEvent.details["stack_id"].as_string() == stack.stack_id
    )
    with world.database.write() as session:
        if session.scalar(told.limit(1)) is None:
            record(session, "seed", "stack.removed", stack.name, app_id=app_id, reason="its first deployment failed",
                   stack_id=stack.stack_id)  # fmt: skip


def _plan_again(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> ServiceBuild:
    """The same package on the same ground. What nobody has confirmed is not executed."""
    with world.database.read() as session:
        build = session.get_one(Build, row.build_id)
        local, reviewed = build.stage.account.kind == "local", build.promotion_id is not None
    package = world.store.get_package(row.package_digest)
    plan = plan_stack(
        cloud, package, world.store, row.change_set_name, local=local, say=writer.write,
        secrets=stored_secrets(world), reviewed=reviewed,
    )  # fmt: skip
    if plan.unchanged or plan.method == SETTINGS:
        raise _moved(row, "there is nothing left to change")
    if reviewed:
        beyond = not_covered(from_json(row.changes or {}), from_json(plan.changes))
        if beyond:
            raise _moved(row, f"it would hold what nobody has confirmed: {'; '.join(beyond[:MOST_NAMED])}")
    return move_service(
        world, row.id, "deploy", method=plan.method, stack_id=plan.stack_id, change_set_arn=plan.change_set_arn
    )


def _moved(row: ServiceBuild, why: str) -> ChangeSetMoved:
    return ChangeSetMoved(
        f"{row.stack_name} was changed before it could be tried again: {why}.",
        hint="Nothing more was done. Deploy or promote it again.",
        where=row.stack_name,
    )
