"""Carry out a removal: delete the stacks, later phases first, look whether they are gone, and tell what stays.

Safe to run twice: a stack that is gone is gone, one that is being deleted is followed. A hook that was running when
the server ended runs once more.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import Account, App, Service
from seed.apps.services import forget_service
from seed.audit.record import record
from seed.aws.port import Cloud
from seed.builds.in_stack import running_in, whose
from seed.db.base import now, ring
from seed.errors import SeedError
from seed.removals.ask import Doomed, doomed
from seed.removals.forget import forget
from seed.removals.records import Removal, RemovedStack
from seed.work.logs.log import LogWriter
from seed.work.logs.open_log import open_log
from seed.work.removing.delete_stack import delete_patiently
from seed.work.removing.removal_hooks import AFTER, BEFORE, Deployed, RemovalHooks
from seed.work.removing.whole_stack import parts, what_is_left, what_stays
from seed.work.rows import shown, told
from seed.work.world import World


def remove(world: World, removal_id: int) -> None:
    removal = _load(world, removal_id)
    if removal is None or removal.state != "removing":
        return
    hooks = RemovalHooks(world, removal)
    try:
        for _, group in groupby(removal.stacks, lambda row: row.phase):
            with ThreadPoolExecutor(world.settings.services_at_once) as pool:
                list(pool.map(lambda row: _remove_stack(world, removal, row, hooks), list(group)))
            if _failed(world, removal_id):
                break  # what an earlier phase made may still be in use
    finally:
        hooks.close()
    _finish(world, removal_id, _look_again(world, removal_id))


def _look_again(world: World, removal_id: int) -> list[RemovedStack]:
    """Nothing is forgotten that an account still has: every stack that was ever deployed there is looked for once more,
    whatever was listed when the removal was asked for. What is found is told with the removal's end, not before: taken
    up again, the removal would delete what nobody has been shown.
    """
    removal = _load(world, removal_id)
    if removal is None or removal.keep or _failed(world, removal_id):
        return []
    found = []
    with world.database.read() as session:
        left = [(one, one.stage.account) for one in _doomed(session, removal)]
    for one, account in left:
        try:
            there = world.connect(account).stack(one.stack_name) is not None
            reason = "The account still has it." if there else ""
        except Exception as error:  # noqa: BLE001, told by the row
            reason = told(error, removal=removal.id).sentence
        if reason:
            found.append(RemovedStack(account_id=account.id, stage=one.stage.name, service=one.service,
                                      phase=one.phase, stack_name=one.stack_name, state="failed",
                                      reason=reason))  # fmt: skip
    return found


def _doomed(session: Session, removal: Removal) -> list[Doomed]:
    app = session.get(App, removal.app_id) if removal.app_id else None
    if app is None:
        return []
    stage = next((one for one in stages_of(session, app.id) if one.name == removal.stage), None)
    service = session.scalar(sa.select(Service).where(Service.app_id == app.id, Service.name == removal.service))
    if (removal.stage and stage is None) or (removal.service and service is None):
        return []
    return doomed(session, app, stage, service)


def _somebody_elses(world: World, removal: Removal, row: RemovedStack) -> str:
    """Whose it is since the removal was asked for: what nobody ran in then, another app may have deployed."""
    with world.database.read() as session:
        if (row.account_id, row.stack_name) in {
            (one.stage.account_id, one.stack_name) for one in _doomed(session, removal)
        }:
            return ""
        account = session.get_one(Account, row.account_id)
        return next((whose(session, one) for one in running_in(session, account, row.stack_name)), "")


def _remove_stack(world: World, removal: Removal, row: RemovedStack, hooks: RemovalHooks) -> None:
    if row.state in {"gone", "kept"}:
        return
    if theirs := _somebody_elses(world, removal, row):
        _set(world, row.id, state="kept", reason=f"It stays: {theirs} runs in it by now.")
        return
    _set(world, row.id, state="deleting")
    with ExitStack() as ending:
        try:
            with world.database.read() as session:
                cloud = world.connect(session.get_one(Account, row.account_id))
            at = hooks.deployed(row)
            stage, services = (at.build.stage, [at.service]) if at else (None, [])
            writer = open_log(world, world.folders.removal_log(row.id), cloud, stage, services)
            ending.callback(writer.close)
            _remove_one(world, removal, row, cloud, hooks, at, writer)
        except Exception as error:  # noqa: BLE001, told by the row
            said = shown(world, told(error, removal=removal.id))
            _fail(world, row, f"{said.sentence} {said.hint}".strip())


def _remove_one(
    world: World, removal: Removal, row: RemovedStack, cloud: Cloud, hooks: RemovalHooks, at: Deployed | None,
    writer: LogWriter,
) -> None:  # fmt: skip
    try:
        stack = cloud.stack(row.stack_name)
        if stack is not None and stack.status != "DELETE_IN_PROGRESS":
            hooks.run(BEFORE, at, cloud, writer)
        kept = row.leftovers or what_stays(parts(cloud, row.stack_name))
        _set(world, row.id, leftovers=kept)  # once it is gone nobody knows any more
        writer.step("delete")
        writer.write(f"Deleting {row.stack_name}" if stack else f"{row.stack_name} is gone already")
        failed = delete_patiently(
            cloud, row, world.settings.retry_seconds, world.stopping, empty_buckets=removal.empty_buckets,
            tried=lambda tries: _set(world, row.id, attempts=tries),
        )  # fmt: skip
        if failed is not None:
            failed = writer.masked(failed)
            writer.tell(f"✗ {failed}")
            _set(world, row.id, leftovers=[*kept, *what_is_left(parts(cloud, row.stack_name))])
            _fail(world, row, failed)
            return
        writer.write(f"{row.stack_name} is gone")
        hooks.run(AFTER, at, cloud, writer)
        _set(world, row.id, state="gone", reason="")
    except SeedError as error:
        writer.tell(f"✗ {error.sentence}")
        raise


def _fail(world: World, row: RemovedStack, reason: str) -> None:
    _set(world, row.id, state="failed", reason=reason)


def _failed(world: World, removal_id: int) -> bool:
    removal = _load(world, removal_id)
    return removal is None or any(row.state == "failed" for row in removal.stacks)


def _finish(world: World, removal_id: int, still_there: list[RemovedStack]) -> None:
    with world.database.write() as session:
        removal = session.get_one(Removal, removal_id)
        removal.stacks += still_there
        first = next((row for row in removal.stacks if row.state == "failed"), None)
        let_go(session, removal)
        app_id = removal.app_id
        app = session.get(App, app_id) if app_id else None
        if first is not None:
            removal.state = "failed"
            removal.reason = f"{first.stack_name}: {first.reason}"
        else:
            removal.state = "removed"
            _forget(session, removal, app)
        told_of = {
            "removal": removal.id,
            "stacks": [row.stack_name for row in removal.stacks],
            "reason": removal.reason,
        }
        record(session, removal.asked_by, f"removal.{removal.state}", removal.what,
               app_id=None if app is None or _whole(removal) else app.id, **told_of)  # fmt: skip
        ring(session, f"app:{app_id}", f"removal:{removal.id}")


def let_go(session: Session, removal: Removal) -> None:
    """It has ended: its stages may be deployed to again."""
    removal.ended_at = now()
    for stage in stages_of(session, removal.app_id) if removal.app_id else ():
        if removal.stage in ("", stage.name):
            stage.removing = False


def _whole(removal: Removal) -> bool:
    return not removal.stage and not removal.service


def _forget(session: Session, removal: Removal, app: App | None) -> None:
    """The rows, once their resources are gone. A service keeps its history."""
    if app is None:
        return
    by_name: Callable[[Any, str], Any] = lambda kind, name: sa.select(kind).where(  # noqa: E731
        kind.app_id == app.id, kind.name == name
    )
    if removal.stage:
        gone = next((stage for stage in stages_of(session, app.id) if stage.name == removal.stage), None)
        if gone is not None:
            forget(session, gone)
    elif removal.service:
        service = session.scalars(by_name(Service, removal.service)).first()
        if service is not None:
            forget_service(session, app, service)
    else:
        session.delete(app)


def _load(world: World, removal_id: int) -> Removal | None:
    with world.database.read() as session:
        found = session.get(Removal, removal_id)
        if found is not None:
            _ = found.stacks  # loaded while the session is open
        return found


def _set(world: World, row_id: int, **values: Any) -> None:
    with world.database.write() as session:
        row = session.get_one(RemovedStack, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        ring(session, f"removal:{row.removal_id}")
