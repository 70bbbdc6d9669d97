"""What runs code of its own once the stack is deployed: plugins that hook into the framework's deploy lifecycle.

After Seed has executed the change set, the framework's own deploy is run without its own part, with the stage's
credentials, on the commit that is deployed. So it is on builds, promotions and rollbacks, and where the stack needed
no change: what plugins upload is no part of the template. A service without such plugins pays nothing, and neither does
one whose framework has only to set again what is set.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from seed.apps.records import Service, Stage
from seed.aws.port import Cloud
from seed.builds.find import ended_well, running_services
from seed.builds.records import Build, ServiceBuild
from seed.changesets import ChangeSet
from seed.changesets.findings.plugins_run import parted, will_run
from seed.errors import SeedError
from seed.frameworks.serverless import TEMPLATE, choose_framework, explained, plugins_command
from seed.packages import Package
from seed.promotions.records import Promotion, ServicePlan
from seed.work.commands.hooks import Hooks
from seed.work.logs.log import LogWriter
from seed.work.rows import step
from seed.work.source.checkout import Heard, Job, found, must_end_well
from seed.work.stacks.execute import PLUGINS
from seed.work.world import World

STEP = "plugins"
PRUNES = "provider.pruneFunctionVersions"
"""Has to do after each deployment that adds a version."""
UNDER_SETTINGS = frozenset(
    {
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::Stage",
        "AWS::CloudFormation::Stack",
    }
)
"""What the framework's settings are set on, and what may hold it."""


class PluginsFailed(SeedError):
    """The stack is deployed; a plugin's work after it did not end well."""

    code = "plugins-failed"
    status = 422


def run_plugins(
    world: World, cloud: Cloud, hooks: Hooks, stage: Stage, row: ServiceBuild, package: Package,
    writer: LogWriter, job: Job,
) -> None:  # fmt: skip
    """As a step of the service's build. Begun again after a crash, they run once more."""
    if not needed(world, row, package):
        return
    with step(world, row.id, STEP, writer):
        hooks.begin(job)
        service = hooks.services[row.service_id]
        job.say(f"After the deployment: {', '.join(package.plugins)}")
        with _folder(hooks, cloud, package) as folder:
            _run(world, cloud, hooks, stage, service, folder, job)


def with_plugins(changes: ChangeSet, package: Package, running: Package | None) -> ChangeSet:
    """A change set whose review says what else will run, after what CloudFormation does."""
    ran = running.plugins if running else None
    return replace(changes, findings=(*changes.findings, *will_run(package.plugins, ran)))


def due(world: World, promotion: Promotion, plan: ServicePlan, package: Package) -> bool:
    """Whether they have to run though the stack stays as it is. Plugins: unless they have ended well there for this
    commit. Settings of the framework: unless they were set there to the same.
    """
    if not package.plugins:
        return False
    with world.database.read() as session:
        runs = _ended_well_before(session, promotion.target_stage_id, plan.service_id)
        if runs is None:
            return True
        source, ran = (session.get_one(Build, one) for one in (promotion.source_build_id, runs.build_id))
    plugins, settings = parted(package.plugins)
    return bool(plugins and source.commit != ran.commit) or not _set_by(world, runs, settings)


def needed(world: World, row: ServiceBuild, package: Package) -> bool:
    """Whether a service's deployment has something to run after it. Not where there are settings alone, which the
    deployment before, which ended well, set to the same, and what they are set on stays.
    """
    plugins, settings = parted(package.plugins)
    if plugins or row.method == PLUGINS or any(name.startswith(PRUNES) for name in settings):
        return True
    return bool(settings) and not _set_already(world, row, settings)


def _set_already(world: World, row: ServiceBuild, settings: Sequence[str]) -> bool:
    with world.database.read() as session:
        build = session.get_one(Build, row.build_id)
        before = _ended_well_before(session, row.stage_id, row.service_id, build.number)
    if build.forced or before is None:
        return False
    touched = {one["resource_type"] for one in (row.changes or {}).get("resources", ())}
    return not touched & UNDER_SETTINGS and _set_by(world, before, settings)


def _ended_well_before(
    session: Session, stage_id: int, service_id: int, number: int | None = None
) -> ServiceBuild | None:
    """The service build that runs in a stage (before build `number`), where the last one there ended well."""
    if not ended_well(session, stage_id, service_id, before=number):
        return None
    return running_services(session, stage_id, up_to=None if number is None else number - 1).get(service_id)


def _set_by(world: World, ran: ServiceBuild, settings: Sequence[str]) -> bool:
    """Whether it has set all of this to the same, and nothing else."""
    return set(settings) == set(parted(world.store.get_package(ran.package_digest).plugins)[1])


def _run(world: World, cloud: Cloud, hooks: Hooks, stage: Stage, service: Service, folder: Path, job: Job) -> None:
    what, terms = found(service), hooks.terms(service, job)
    command = plugins_command(
        hooks.tree,
        what,
        choose_framework(hooks.tree, what, world.bundled),
        stage=stage.name,
        region=cloud.region,
        package=folder,
        env=terms.env,
        timeout=terms.seconds,
    )
    heard = Heard(job)
    ended = hooks.picked(terms.chosen).run(command, heard, job.cancelled)
    if not must_end_well(ended, job, terms.seconds, "What runs after the deployment"):
        raise PluginsFailed(
            f"The stack is deployed, but what runs after it did not end well: {explained([*heard.lines])}",
            hint="Mend the cause and deploy again: it runs also where the stack needs no change.",
            where=service.name,
        )


@contextmanager
def _folder(hooks: Hooks, cloud: Cloud, package: Package) -> Iterator[Path]:
    """What the framework calls a package: here the template alone, as the stack has it."""
    hooks.scratch.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="plugins-", dir=hooks.scratch))
    try:
        folder = scratch / "package"
        folder.mkdir()
        (folder / TEMPLATE).write_text(cloud.template(package.stack_name) or package.template)
        yield folder
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
