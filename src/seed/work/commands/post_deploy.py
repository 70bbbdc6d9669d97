"""A stage's own commands, once after all of its services were deployed: tests of the whole, migrations.

They run at the repository's root with the environment of the first service of the build (by phase, then by name), on
builds, promotions and rollbacks alike, and also where no service changed. Where they fail everything is deployed
already: the build has failed all the same, and nothing is promoted by itself. A build taken up again after a crash runs
them once more.
"""

from __future__ import annotations

import sqlalchemy as sa

from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED, GOOD
from seed.errors import Cancelled, SeedError
from seed.work import rows
from seed.work.commands.hooks import Hooks, run_command
from seed.work.logs.open_log import open_log
from seed.work.runner import LimitReached
from seed.work.source.checkout import Job
from seed.work.world import World

NAME = "post_deploy"


class PostDeployFailed(SeedError):
    """What the stage runs after a deployment did not end well; the services are deployed."""

    code = "post-deploy-failed"
    status = 422


def post_deploy_due(world: World, run: Build) -> bool:
    return bool(run.stage.post_deploy) and bool(_deployed(world, run))


def post_deploy(world: World, hooks: Hooks, run: Build) -> None:
    """Its log is a step of the first service that was deployed."""
    deployed = _deployed(world, run)
    if not run.stage.post_deploy or not deployed:
        return
    first = min((row.service for row in run.services), key=lambda service: (service.phase, service.name))
    told = next(row for row in run.services if row.id == deployed[0])
    cloud = world.connect(run.stage.account)
    writer = open_log(world, world.folders.log(told.id), cloud, run.stage, [first], run.id)
    job = Job(writer.write, lambda: rows.cancel_asked(world, run.id), writer.masked)
    try:
        with rows.step(world, told.id, NAME, writer):
            hooks.begin(job)
            shell = hooks.shell(first)
            for command in run.stage.post_deploy.splitlines():
                run_command(world, shell, command, job, NAME)
    except Exception as error:
        said = rows.told(error, build=run.id)
        why = "post_deploy was cancelled." if isinstance(error, Cancelled) else said.sentence
        writer.tell(f"✗ {why}")
        raise PostDeployFailed(
            f"{why} The services are deployed; the log of {told.service.name} tells more.",
            hint=said.hint,
            where=said.where if isinstance(error, LimitReached) else f"stage {run.stage.name}",
        ) from error
    finally:
        writer.close()


def _deployed(world: World, run: Build) -> list[int]:
    """The service builds that ended well, those that changed something first; none where one of all did not."""
    with world.database.read() as session:
        found = session.execute(
            sa.select(ServiceBuild.id, ServiceBuild.state).where(ServiceBuild.build_id == run.id)
        ).all()
    states = {state for _, state in found}
    if not states <= ENDED or states & {"failed", "cancelled"}:
        return []
    good = {row_id: state == "unchanged" for row_id, state in found if state in GOOD}
    ordered = sorted(run.services, key=lambda row: (good.get(row.id, True), row.service.phase, row.service.name))
    return [row.id for row in ordered if row.id in good]
