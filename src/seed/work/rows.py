"""Small moves of build rows that the workflows share: each its own short transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from seed.builds.records import Build, ServiceBuild, Step
from seed.builds.states import BUILD, ENDED, SERVICE, move, outcome
from seed.db.base import no_room, now, ring
from seed.errors import Cancelled, SeedError
from seed.known_errors import recognise
from seed.work.errors import DiskFull
from seed.work.jobs import lock
from seed.work.logs.log import LogWriter
from seed.work.secrets import masker
from seed.work.world import World

log = structlog.get_logger(__name__)


def begin(world: World, build_id: int) -> Build | None:
    """The build, running and holding its stage; None when it has ended or must not begin."""
    with world.database.write() as session:
        build = session.get(Build, build_id)
        if build is None or build.state in ENDED:
            return None
        lock.take(session, build)
        build.reason = "" if build.state == "queued" else build.reason  # why it waited
        build.state = move(BUILD, build.state, "start")
        build.started_at = build.started_at or now()
        build.ends_by = now() + timedelta(minutes=world.settings.build_total_minutes)
        _ring(session, build)
        return build


def end(world: World, build_id: int, reason: str = "", *, failed: bool = False) -> str:
    """The state in which the build ended, merged from its services; the stage is free again. `failed`: though every
    service ended well.
    """
    with world.database.write() as session:
        return end_one(session, build_id, reason, failed=failed)


def end_one(session: Session, build_id: int, reason: str = "", *, failed: bool = False) -> str:
    build = session.get_one(Build, build_id)
    if build.state not in ENDED:
        states = session.scalars(sa.select(ServiceBuild.state).where(ServiceBuild.build_id == build_id)).all()
        event = "fail" if failed else outcome(states)
        if build.overdue and event == "cancel":
            event = "fail"
        build.state = move(BUILD, build.state, event)
        build.reason = f"{build.reason} {reason}".strip() if build.overdue else reason or build.reason
        build.ended_at = now()
    lock.release(session, build)
    _ring(session, build)
    return build.state


@dataclass(frozen=True, slots=True)
class Said:
    """What a step of a moment wrote into its service's log: its first line, and when."""

    line: int
    started: datetime
    ended: datetime


def move_service(world: World, row_id: int, event: str, **values: Any) -> ServiceBuild:
    with world.database.write() as session:
        return move_one(session, row_id, event, **values)


def move_one(session: Session, row_id: int, event: str, **values: Any) -> ServiceBuild:
    row = session.get_one(ServiceBuild, row_id)
    row.state = move(SERVICE, row.state, event)
    for name, value in values.items():
        setattr(row, name, value)
    row.started_at = row.started_at or now()
    if row.state in ENDED:
        row.ended_at = now()
        _end_steps(session, row)
    _ring(session, session.get_one(Build, row.build_id))
    return row


def fail_service(world: World, row_id: int, error: Exception, writer: LogWriter | None = None) -> None:
    """Tell the row, and the log, what went wrong. A bug of ours is said as one, with its trace in our log. Where the
    disk has no room for the row, the error goes on: to be told when the build's files are gone.
    """
    if isinstance(error, Cancelled):
        move_service(world, row_id, "cancel", reason=error.sentence)
        return
    said = shown(world, told(error, service_build=row_id))
    if writer is not None:
        writer.tell(f"✗ {said.sentence}")
        if said.hint:
            writer.tell(f"  {said.hint}")
    failure = as_failure(said)
    if writer is not None and "known" in failure:
        writer.tell(f"  {failure['known']['cause']}")
        writer.tell(f"  {failure['known']['fix']}")
    try:
        move_service(world, row_id, "fail", failure=failure, reason=said.sentence)
    except sa.exc.OperationalError as full:
        if no_room(full):
            raise said from full
        raise


def told(error: Exception, **where: Any) -> SeedError:
    """The error as a person may see it."""
    if isinstance(error, SeedError):
        return error
    if no_room(error):
        log.error("no room", error=str(error), **where)
        return DiskFull(
            "The disk that holds Seed's data folder is full.", hint="Free some space there, then ask for it again."
        )
    log.error("unexpected", exc_info=error, **where)
    return SeedError("Seed itself failed here.", hint="The server's log has the details; please report it.")


def shown(world: World, error: SeedError) -> SeedError:
    """The same error without a secret in it: the words of a framework or of AWS may repeat what they were given."""
    masked = masker(world)
    error.sentence, error.hint = masked(error.sentence), masked(error.hint)
    return error


def as_failure(error: SeedError) -> dict[str, Any]:
    """As a row keeps it: what was said, and what is known of an error that says so."""
    known = recognise(error.sentence)
    return {
        **error.as_dict(),
        **({"known": known.as_dict()} if known else {}),
        **({"report": error.report} if error.report else {}),
    }


def fail_waiting(world: World, build_id: int, error: SeedError) -> None:
    """Every service that has not ended fails with what stopped the whole build."""
    for row in unfinished(world, build_id):
        fail_service(world, row.id, error)


def skip_waiting(world: World, build_id: int, reason: str) -> None:
    for row in unfinished(world, build_id):
        move_service(world, row.id, "skip", reason=reason)


def unfinished(world: World, build_id: int) -> list[ServiceBuild]:
    with world.database.read() as session:
        return unfinished_in(session, build_id)


def unfinished_in(session: Session, build_id: int) -> list[ServiceBuild]:
    rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build_id))
    return [row for row in rows if row.state not in ENDED]


def cancel_asked(world: World, build_id: int) -> bool:
    with world.database.read() as session:
        return bool(session.scalar(sa.select(Build.cancel_requested).where(Build.id == build_id)))


def update_cancelled(world: World, build_id: int) -> bool:
    with world.database.read() as session:
        return bool(session.scalar(sa.select(Build.cancel_update).where(Build.id == build_id)))


@contextmanager
def step(world: World, row_id: int, name: str, writer: LogWriter) -> Iterator[None]:
    """A named part of the log, with its time and how it ended. Run again, it begins anew."""
    line = writer.step(name)
    with world.database.write() as session:
        found = session.scalar(sa.select(Step).where(Step.service_build_id == row_id, Step.name == name))
        row = found or Step(service_build_id=row_id, name=name)
        row.state, row.started_at, row.ended_at, row.first_line = "running", now(), None, line
        session.add(row)
        session.flush()
        _ring(session, session.get_one(ServiceBuild, row_id).build)
    try:
        yield
    except BaseException as error:
        try:
            _end_step(world, row.id, "cancelled" if isinstance(error, Cancelled) else "failed")
        except sa.exc.OperationalError:  # what went wrong matters more; the step ends with its service
            raise error from None
        raise
    _end_step(world, row.id, "succeeded")


def _end_step(world: World, step_id: int, state: str) -> None:
    with world.database.write() as session:
        step = session.get_one(Step, step_id)
        step.state, step.ended_at = state, now()
        _ring(session, session.get_one(ServiceBuild, step.service_build_id).build)


def _end_steps(session: Session, row: ServiceBuild) -> None:
    """Whatever a crash or a full disk has kept from ending."""
    for step in session.scalars(sa.select(Step).where(Step.service_build_id == row.id, Step.state == "running")):
        step.state, step.ended_at = "cancelled" if row.state == "cancelled" else "failed", now()


def keep_variables(world: World, row_id: int, marks: dict[str, str]) -> None:
    """With which variables a service is packaged, by their marks."""
    with world.database.write() as session:
        session.get_one(ServiceBuild, row_id).variables = marks


def keep_step(session: Session, row_id: int, name: str, said: Said) -> None:
    """A step that went well and was over at once. Run again, it is kept once."""
    found = session.scalar(sa.select(Step).where(Step.service_build_id == row_id, Step.name == name))
    row = found or Step(service_build_id=row_id, name=name)
    row.state, row.started_at, row.ended_at, row.first_line = "succeeded", said.started, said.ended, said.line
    session.add(row)


def _ring(session: Session, build: Build) -> None:
    ring(session, f"build:{build.id}", f"app:{build.app_id}")
    if build.promotion_id is not None:
        ring(session, f"promotion:{build.promotion_id}")
