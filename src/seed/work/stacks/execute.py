"""Execute what a service build planned: once, whatever is killed, and follow it to its end.

The change set is named by its ARN, so that only the one that was planned can run. CloudFormation executes it once;
a fixed token makes a repeated call harmless; the id of the last event before it, kept in the row, is where following
starts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seed.apps.records import Stage
from seed.aws.errors import ChangeSetMoved
from seed.aws.follow import GONE, StackEnd, follow
from seed.aws.port import Cloud
from seed.aws.values import Stack, StackEvent
from seed.builds.records import ServiceBuild
from seed.builds.retry import ROLLED_BACK
from seed.errors import Cancelled, SeedError, Stopping
from seed.work.logs.log import LogWriter
from seed.work.rows import move_service, update_cancelled
from seed.work.stacks.change_set_request import request_for
from seed.work.stacks.stack_settings import SETTINGS, protect
from seed.work.stacks.try_again import decide, prepare, remember, stands_before_another, token_of
from seed.work.world import World

CLI = "aws cloudformation"
PLUGINS = "plugins"
"""The method of a plan whose stack stays as it is, while plugins have to run."""
STAYS = frozenset({PLUGINS, SETTINGS})
STARTED = frozenset({"EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"})


class DeploymentFailed(SeedError):
    """CloudFormation could not do it, and has rolled back or not."""

    code = "deployment-failed"
    status = 409


class UpdateCancelled(SeedError):
    """Somebody had CloudFormation take a running update back."""

    code = "update-cancelled"
    status = 409


@dataclass(frozen=True, slots=True)
class Deployed:
    """A service whose stack is as it should be; its row has not ended yet."""

    row: ServiceBuild
    outputs: Mapping[str, str]
    code_ahead: bool | None = None


def execute(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> ServiceBuild:
    """The row, ended. Safe to call again at any point of an earlier call."""
    return finish(world, deploy(world, cloud, row, writer))


def finish(world: World, done: Deployed) -> ServiceBuild:
    ahead = {} if done.code_ahead is None else {"code_ahead": done.code_ahead}
    return move_service(world, done.row.id, "succeed", outputs=dict(done.outputs), reason="", **ahead)


def deploy(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> Deployed:
    """The stack, changed. Raises where it was not; safe to call again at any point of an earlier call."""
    if row.method in STAYS:
        return _stays(world, cloud, row, writer)
    while True:
        if stands_before_another(row):
            row = prepare(world, cloud, row, writer)
        row = _remember_ground(world, cloud, row)
        end = _attempt(world, cloud, row, writer)
        if end.status == ROLLED_BACK and update_cancelled(world, row.build_id):
            raise UpdateCancelled(
                f"The update of {row.stack_name} was cancelled: CloudFormation has rolled it back.",
                hint="The stack is as it was. Deploy or promote again.",
                where=row.stack_name,
            )
        if not end.ok:
            cloud = _connected(world, row)  # that which was followed with may have expired meanwhile
        again = None if end.ok else decide(world, cloud, row, end)
        if again is None:
            done = _settle(row, end, writer)
            protect(_connected(world, row), world.store.get_package(row.package_digest), writer.write)
            return done
        row = remember(world, row, end, again, writer)


def _stays(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> Deployed:
    """Nothing to execute: only its policy is set, and what comes after a deployment is to run."""
    row = move_service(world, row.id, "deploy")
    writer.write("The stack stays as it is.")
    protect(cloud, world.store.get_package(row.package_digest), writer.write)
    stack = cloud.stack(row.stack_name)
    return Deployed(row, dict(stack.outputs) if stack else {})


def _attempt(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> StackEnd:
    token = token_of(row)
    if _must_start(cloud, row, token):
        writer.write(f"Executing {row.change_set_name} on {row.stack_name}")
        package = world.store.get_package(row.package_digest)
        if row.method == "update-stack":
            stack = cloud.stack(row.stack_name)
            cloud.update_stack(request_for(cloud, package, row.change_set_name, stack), token)
        else:
            cloud.execute_change_set(
                row.stack_name, row.change_set_arn, token, disable_rollback=package.settings.disable_rollback
            )
    try:
        return follow(
            cloud,
            row.stack_name,
            lambda event: writer.write(event_line(event)),
            cancelled=world.stopping.is_set,
            after=row.last_event,
            on_look=_Canceller(world, row, writer),
            renew=lambda: _connected(world, row),
        )
    except Cancelled:
        raise Stopping from None  # the stack goes on; nobody has cancelled anything


class _Canceller:
    """Asks once for what somebody has asked for: that the update goes back."""

    def __init__(self, world: World, row: ServiceBuild, writer: LogWriter) -> None:
        self._world, self._row, self._writer = world, row, writer
        self._told = False

    def __call__(self, cloud: Cloud, stack: Stack) -> None:
        running = stack.status in ("UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS")
        if self._told or not running or not update_cancelled(self._world, self._row.build_id):
            return
        if stack.status == "CREATE_IN_PROGRESS":
            self._told = True
            self._writer.write(f"Not cancelled: {stack.name} is made for the first time, and CloudFormation goes on")
            return
        self._writer.write(f"Cancelling the update of {stack.name}: what it has done is rolled back")
        cloud.cancel_update(stack.name, f"{token_of(self._row)}-cancel")
        self._told = True


def _connected(world: World, row: ServiceBuild) -> Cloud:
    with world.database.read() as session:
        account = session.get_one(Stage, row.stage_id).account
    return world.connect(account)


def event_line(event: StackEvent) -> str:
    """One stack event, for a log: aligned, with its reason only where there is one."""
    reason = f"  {event.reason}" if event.reason else ""
    return f"{event.status:<28} {event.resource_type:<34} {event.logical_id}{reason}"


def _remember_ground(world: World, cloud: Cloud, row: ServiceBuild) -> ServiceBuild:
    if row.state == "deploying" and row.last_event:
        return row
    events = cloud.events(row.stack_name)
    last = events[-1].event_id if events else "none"
    return move_service(world, row.id, "deploy", last_event=last)


def _must_start(cloud: Cloud, row: ServiceBuild, token: str) -> bool:
    """Whether it has not been started by an earlier run of this very function."""
    after = "" if row.last_event == "none" else row.last_event
    begun = any(event.token == token for event in cloud.events(row.stack_name, after=after))
    if row.method == "update-stack":
        return not begun
    # By its ARN: another one may have been made under its name meanwhile.
    answer = cloud.change_set(row.stack_name, row.change_set_arn)
    if answer is not None and answer.execution_status == "AVAILABLE":
        return not begun
    if begun or (answer is not None and answer.execution_status in STARTED):
        return False
    status = answer.execution_status if answer else "gone"
    raise ChangeSetMoved(
        f"The change set {row.change_set_name} cannot be executed: it is {status}.",
        hint="Nothing was changed. Plan it again.",
        where=row.stack_name,
    )


def _settle(row: ServiceBuild, end: StackEnd, writer: LogWriter) -> Deployed:
    if end.ok:
        for name, value in sorted(end.outputs.items()):
            writer.write(f"{name}: {value}")
        return Deployed(row, {name: writer.masked(value) for name, value in end.outputs.items()})
    raise DeploymentFailed(_first_failure(end), hint=_what_to_do(end), where=row.stack_name)


def _first_failure(end: StackEnd) -> str:
    if end.failed_resource:
        return f"{end.failed_resource} ({end.failed_type}): {end.reason}"
    return end.reason or f"The stack ended as {end.status}."


def _what_to_do(end: StackEnd) -> str:
    if end.status == "UPDATE_ROLLBACK_COMPLETE":
        return "CloudFormation has rolled back: the stack is as it was. Mend the cause and deploy again."
    if end.status == "ROLLBACK_COMPLETE":
        return "The stack was never made. Mend the cause and deploy again: what is left of it is removed then."
    if end.status == "UPDATE_ROLLBACK_FAILED":
        return f"Its rollback must be continued first: {CLI} continue-update-rollback."
    if end.status == GONE:
        return "Find out who deletes stacks in this account, then deploy again: the stack is made anew."
    return f"The stack is {end.status}."
