"""The services of an app: add one, give it another path, take one away, arrange them all in phases.

A service that is taken away keeps its history: its row stays, without a place in what is deployed. Added
again, it is the same one.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import App, Service
from seed.audit.record import record
from seed.builds.changed import WAYS
from seed.builds.phases import arranged
from seed.db.base import now, ring
from seed.errors import Conflict, Invalid
from seed.frameworks.assembly import FoundService
from seed.people.actor import Actor


class ServiceExists(Conflict):
    """The app has a service of this name or at this path already."""

    code = "service-exists"


def add_service(session: Session, actor: Actor, app: App, found: FoundService) -> Service:
    """Into the last phase. One that was taken away before comes back with its history."""
    actor.must("admin")
    _must_be_free(session, app, found)
    phase = session.scalar(sa.select(sa.func.max(Service.phase)).where(_here(app))) or 1
    row = session.scalar(sa.select(Service).where(Service.app_id == app.id, Service.name == found.name))
    if row is None:
        row = Service(app_id=app.id, name=found.name)
        session.add(row)
    row.path, row.config, row.framework = found.path, found.config, found.framework
    row.phase, row.removed_at = phase, None
    session.flush()
    _told(session, actor, app, "service.added", found.name, path=found.path)
    return row


def move_service(session: Session, actor: Actor, app: App, service: Service, found: FoundService) -> None:
    """To another folder of the repository. Its name, and so its history, stay."""
    actor.must("admin")
    row = session.get_one(Service, service.id)
    if row.path == found.path:
        return
    _must_be_free(session, app, FoundService(found.path, found.config, ""))
    _told(session, actor, app, "service.moved", row.name, before=row.path, path=found.path)
    row.path, row.config, row.framework = found.path, found.config, found.framework


def forget_service(session: Session, app: App, service: Service) -> None:
    """Its history stays, and the phases close up."""
    session.get_one(Service, service.id).removed_at = now()
    session.flush()
    left = list(session.scalars(sa.select(Service).where(_here(app)).order_by(Service.phase, Service.name)))
    for number, phase in enumerate(sorted({row.phase for row in left}), 1):
        for row in left:
            row.phase = number if row.phase == phase else row.phase


def arrange(session: Session, actor: Actor, app: App, phases: Sequence[Sequence[str]]) -> dict[str, int]:
    """Name → phase. Builds that were asked for already keep the order they were asked for in."""
    actor.must("admin")
    rows = {row.name: row for row in session.scalars(sa.select(Service).where(_here(app)).order_by(Service.name))}
    found = arranged(list(rows), phases)
    for name, phase in found.items():
        rows[name].phase = phase
    _told(session, actor, app, "phases.arranged", f"{len(set(found.values()))} phases",
          phases=[sorted(name for name in found if found[name] == n) for n in sorted(set(found.values()))])  # fmt: skip
    return found


def check_by(session: Session, actor: Actor, app: App, way: str) -> None:
    """How builds find out what changed."""
    actor.must("admin")
    if way not in WAYS:
        raise Invalid(f"What changed cannot be found by {way!r}.", hint=", ".join(WAYS), where="check_code_change")
    session.get_one(App, app.id).check_code_change = way
    _told(session, actor, app, "app.check_code_change", way)


def set_unit_tests(session: Session, actor: Actor, app: App, *, on: bool) -> None:
    """Whether a service's own tests have to succeed before it is packaged."""
    actor.must("admin")
    session.get_one(App, app.id).unit_tests = on
    _told(session, actor, app, "app.unit_tests", "on" if on else "off")


def _must_be_free(session: Session, app: App, found: FoundService) -> None:
    there = session.scalars(sa.select(Service).where(Service.app_id == app.id)).all()
    for row in there:
        if row.removed_at is not None:
            if row.path == found.path and row.name != found.name:
                row.path = f"{row.path} (removed {row.id})"
            continue
        if row.path == found.path:
            raise ServiceExists(f"{row.name} is at {found.path or 'the root'} already.", where="path")
        if row.name == found.name:
            raise ServiceExists(f"There is a service {row.name!r} already.", hint=f"Move it: --path {found.path}")
    session.flush()


def _here(app: App) -> sa.ColumnElement[bool]:
    return sa.and_(Service.app_id == app.id, Service.removed_at.is_(None))


def _told(session: Session, actor: Actor, app: App, action: str, subject: str, **details: object) -> None:
    record(session, actor.name, action, subject, app_id=app.id, **details)
    ring(session, f"app:{app.id}")
