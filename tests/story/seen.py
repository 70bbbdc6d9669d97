"""What a story has its builds do, and what they say they did."""

from __future__ import annotations

from tests.support.seeds import TestApp

from seed.apps.find import stage_of
from seed.apps.post_deploy import set_post_deploy
from seed.builds.records import Build


def steps(build: Build, name: str, app: TestApp) -> list[tuple[str, str]]:
    from sqlalchemy.orm import selectinload

    from seed.builds.records import ServiceBuild

    with app.world.database.read() as session:
        row = session.get_one(ServiceBuild, app.service(build, name).id, options=[selectinload(ServiceBuild.steps)])
        return [(step.name, step.state) for step in row.steps]


def log(app: TestApp, build: Build, name: str) -> str:
    return app.log(app.service(build, name))


def after(app: TestApp, stage: str, *commands: str) -> None:
    with app.world.database.write() as session:
        set_post_deploy(session, app.seed.alice, stage_of(session, app.seed.alice, app.slug, stage), commands)
