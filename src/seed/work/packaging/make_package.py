"""Make the trusted package of one service for one stage, and store it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from seed.apps.records import Service, Stage
from seed.aws.port import Cloud
from seed.builds.records import Build
from seed.counting import counted
from seed.errors import SeedError
from seed.frameworks.assembly import Assembly
from seed.frameworks.serverless import choose_framework, explain_failure, package_command, read_assembly
from seed.packages import Package, trust
from seed.variables.effective import marks
from seed.work.commands.environment import BuildFacts, environment
from seed.work.commands.given import given_to, must_resolve, opened_for, with_variables
from seed.work.packaging.compat import with_report
from seed.work.runner import Runs
from seed.work.secrets import masker
from seed.work.source.checkout import Heard, Job, Terms, found, must_end_well
from seed.work.world import World

PROMOTED = frozenset({"promotion", "rollback"})
"""No branch is being built then, but what was built before."""


def make_package(
    world: World,
    cloud: Cloud,
    tree: Path,
    service: Service,
    stage: Stage,
    job: Job,
    runner: Runs,
    terms: Terms,
) -> tuple[Package, dict[str, str]]:
    """With the marks of the variables in it. `tree` has the dependencies, `runner` the runtimes of `terms`.

    Raises what the framework said when it fails.
    """
    given = given_to(world, stage, service)
    scratch = Path(tempfile.mkdtemp(prefix="package-", dir=tree.parent))
    try:
        assembly = _packaged(world, cloud, tree, service, stage, job, runner, terms, scratch)
        assembly, left = with_variables(assembly, given)
        must_resolve(cloud, assembly.template, given)
        if left:
            job.say(f"Set no variables in {', '.join(left)}: their environment is computed in the template.")
        bucket = f"seed-assets-{cloud.identity().account}-{cloud.region}"
        trusted = trust(assembly, bucket=bucket, scratch=scratch)
        world.store.put(trusted)
        job.say(f"Package {trusted.package.digest[:19]}: {counted(len(trusted.package.assets), 'asset')}")
        return trusted.package, marks(given)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _packaged(
    world: World, cloud: Cloud, tree: Path, service: Service, stage: Stage, job: Job, runner: Runs, terms: Terms,
    scratch: Path,
) -> Assembly:  # fmt: skip
    """What the framework made of it, in `scratch`."""
    what = found(service)
    try:
        framework = choose_framework(tree, what, world.bundled)
    except SeedError as error:
        raise with_report(error, tree, service, terms.env, masker(world)) from None
    job.say(f"Packaging {service.name} for {stage.name} with {framework.label}")
    out = scratch / "out" / "package"
    out.parent.mkdir()
    where = {"stage": stage.name, "region": cloud.region}
    command = package_command(tree, what, framework, **where, out=out, env=terms.env, timeout=terms.seconds)
    heard = Heard(job)
    ended = runner.run(command, heard, job.cancelled)
    if not must_end_well(ended, job, terms.seconds, "The package step"):
        said = explain_failure([*heard.lines], where=service.name)
        raise with_report(said, tree, service, terms.env, masker(world))
    return read_assembly(out, **where, framework=framework.label, source=tree / service.path, tree=tree)


def build_environment(
    world: World, cloud: Cloud, build: Build, service: Service, stage: Stage, commit: str = ""
) -> dict[str, str]:
    """`commit` is the service's own, where that is not the build's."""
    facts = BuildFacts(
        app=stage.app.slug,
        stage=stage.name,
        stage_branch=stage.branch if stage.auto_deploy else "",
        branch="" if build.trigger in PROMOTED else build.branch,
        service=service.name,
        service_path=service.path,
        build=str(build.number),
        commit=commit or build.commit,
        pull_request=str(stage.pull_request or ""),
    )
    return environment(facts, cloud.environment(), opened_for(cloud, given_to(world, stage, service)).environment)
