"""The hooks of one build for one stage, put together; and the source for them where the build has none checked out.

A promotion deploys stored packages, and so does a build that was taken up again after a crash: the commit is
checked out and installed then only when the first hook asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa

from seed.apps.records import Service, Stage
from seed.aws.port import Cloud
from seed.builds.records import Build, ServiceBuild
from seed.errors import Cancelled
from seed.packages import Package
from seed.promotions.records import ServicePlan
from seed.spec import Hook
from seed.work import rows
from seed.work.commands.hooks import HookFailed, Hooks, read_spec
from seed.work.commands.plugins import needed, run_plugins
from seed.work.logs.log import LogWriter
from seed.work.packaging.make_package import build_environment
from seed.work.runner import LimitReached
from seed.work.source.checkout import Job, Terms, check_out, install, remove
from seed.work.world import World

FIRST: tuple[Hook, ...] = ("before_compile",)
PREPARING: tuple[Hook, ...] = (*FIRST, "before_build")


def build_hooks(
    world: World,
    cloud: Cloud,
    run: Build,
    tree: Path,
    stage: Stage | None = None,
    *,
    lazily: Sequence[Service] = (),
    alone: str = "",
    commits: Mapping[int, str] = MappingProxyType({}),
) -> Hooks:
    """`stage` is where it is deployed to, when that is not the build's own. `lazily`: the services to install for.
    `alone` keeps what they carry apart from other hooks of this build and stage that may run at the same time.
    """
    target = stage or run.stage
    spec = read_spec(world, run.stage.app, run.commit)
    folder = world.folders.checkout(run.id, f"hooks-{target.id}{alone}")
    hooks = Hooks(
        world,
        spec,
        tree,
        folder,
        lambda service: build_environment(world, cloud, run, service, target, commits.get(service.id, "")),
        [row.service for row in run.services],
    )
    if lazily:
        hooks.bring_files(lambda job: source_for(world, hooks, run, lazily, tree, job))
    return hooks


def promotion_hooks(world: World, run: Build) -> Hooks:
    """Those of a promotion's build: the commit's own, with everything of the stage it is deployed to. None runs but
    the deploy hooks: what they find are the files of the commit and its dependencies.
    """
    services = [row.service for row in run.services]
    tree = world.folders.checkout(run.id, "source")
    hooks = build_hooks(world, world.connect(run.stage.account), run, tree, commits=_commits(world, run))
    hooks.bring_files(
        lambda job: source_for(world, hooks, run, services, tree, job, first=()), forget=lambda: remove(tree)
    )
    return hooks


def _commits(world: World, run: Build) -> Mapping[int, str]:
    """Service id → the commit that its package was made from: an earlier one, where the source's build left it out."""
    query = (
        sa.select(ServicePlan.service_id, Build.commit)
        .join(ServiceBuild, ServiceBuild.id == ServicePlan.source_service_build_id)
        .join(Build, Build.id == ServiceBuild.build_id)
        .where(ServicePlan.promotion_id == run.promotion_id)
    )
    with world.database.read() as session:
        return {row[0]: row[1] for row in session.execute(query)}


def source_for(
    world: World, hooks: Hooks, run: Build, services: Sequence[Service], tree: Path, job: Job,
    first: Sequence[Hook] = FIRST,
) -> None:  # fmt: skip
    """The commit with its dependencies, as a build makes it; `first`: the hooks that run before they are installed."""
    job.say(f"Checking out {run.commit[:12]} for the hooks")
    check_out(world, run.stage.app, run.commit, tree)
    for service in services:
        for hook in first:
            hooks.run(hook, service, job, lambda _name: nullcontext())
    install(world, tree, services, job, lambda service: hooks.terms(service, job), force=run.forced)


def run_hook(world: World, hooks: Hooks, hook: Hook, row: ServiceBuild, writer: LogWriter, job: Job) -> None:
    """As a step of the service's build."""
    hooks.run(hook, hooks.services[row.service_id], job, lambda name: rows.step(world, row.id, name, writer))


def before_deploying(
    world: World, hooks: Hooks, row: ServiceBuild, package: Package, writer: LogWriter, job: Job
) -> None:
    """Where plugins will run, a checkout that cannot be made ends it before the stack is touched."""
    if needed(world, row, package):
        hooks.begin(job)
    run_hook(world, hooks, "before_deploy", row, writer, job)


def after_deploying(
    world: World, cloud: Cloud, hooks: Hooks, stage: Stage, row: ServiceBuild, package: Package,
    writer: LogWriter, job: Job,
) -> None:  # fmt: skip
    try:
        run_plugins(world, cloud, hooks, stage, row, package, writer, job)
        run_hook(world, hooks, "after_deploy", row, writer, job)
    except Cancelled:
        raise Cancelled("Cancelled after its stack was deployed: what follows has not run to its end.") from None
    except (HookFailed, LimitReached) as error:
        error.hint = f"The stack is deployed already. {error.hint}".strip()
        raise


def deploy_hooks(
    world: World, cloud: Cloud, hooks: Hooks, stage: Stage, row: ServiceBuild, package: Package,
    writer: LogWriter, job: Job,
) -> None:  # fmt: skip
    """Where the stack needs no change they run all the same: what they upload is no part of it."""
    before_deploying(world, hooks, row, package, writer, job)
    after_deploying(world, cloud, hooks, stage, row, package, writer, job)


def prepared(
    world: World, cloud: Cloud, run: Build, tree: Path, service: Service, stage: Stage, writer: LogWriter, job: Job
) -> Terms:
    """For a package of another stage: what comes before packaging is run anew, with that stage's variables."""
    hooks = build_hooks(world, cloud, run, tree, stage, alone=f"-{service.id}")
    try:
        for hook in PREPARING:
            hooks.run(hook, service, job, lambda name: part(writer, name))
        writer.step("package")
        return hooks.terms(service, job)
    finally:
        hooks.close()


def part(writer: LogWriter, name: str) -> AbstractContextManager[None]:
    """A named part of a log that has no rows for its steps."""
    writer.step(name)
    return nullcontext()


def before_compile(
    world: World, hooks: Hooks, todo: Sequence[ServiceBuild], writers: Sequence[LogWriter], job: Job
) -> list[ServiceBuild]:
    """One service after the other, since they share the files. Those that go on; one that fails is told alone."""
    good = []
    for row, writer in zip(todo, writers, strict=True):
        try:
            for note in hooks.chosen(row.service).notes:
                writer.write(note)
            run_hook(world, hooks, "before_compile", row, writer, Job(writer.write, job.cancelled, job.masked))
            good.append(row)
        except Exception as error:  # noqa: BLE001, told by the row
            rows.fail_service(world, row.id, error, writer)
    return good
