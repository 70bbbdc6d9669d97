"""The app of these tests and its stages."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.seeded import NoWork

from seed.apps.find import app_of
from seed.apps.new_stage import new_stage
from seed.apps.records import App, Stage
from seed.apps.stages import add_stage
from seed.builds.records import Build, ServiceBuild
from seed.people.actor import Actor

ALICE = Actor(1, "Alice", "admin")


def app(session: Session) -> App:
    return app_of(session, ALICE, "shop")


def stage(session: Session, name: str) -> Stage:
    return session.scalars(
        sa.select(Stage).where(Stage.app_id == app(session).id, Stage.name == name, Stage.removed_at.is_(None))
    ).one()


def new(session: Session, name: str) -> Stage:
    return add_stage(session, ALICE, app(session), name, "main", stage(session, "dev").account)


def add(session: Session, **asked: str) -> Stage:
    given = {"kind": "production", "name": "prod-eu", "branch": "", **asked}
    return new_stage(session, NoWork(), ALICE, app(session), stage(session, "dev").account, **given)


def build_in(session: Session, at: Stage, state: str, stack: str = "") -> None:
    build = Build(
        app_id=at.app_id, stage_id=at.id, number=1, state=state, trigger="push", commit="a" * 40, asked_by="x"
    )
    session.add(build)
    session.flush()
    session.add(ServiceBuild(build_id=build.id, stage_id=at.id, service_id=app(session).services[0].id, state=state,
                             stack_name=stack))  # fmt: skip
    session.flush()
