"""Thirty services in one repository, deployed by Seed and by the framework itself, four at a time and one by one."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from tests.support.registry import Registry
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp

from scripts.bench.deploys import OSLS, quiet
from scripts.bench.report import lasted, local_aws, say, timed
from seed.builds.records import Build, ServiceBuild

SERVICES = 30
SERVICE = """service: {name}
frameworkVersion: '>=3.0.0'
provider: {{name: aws, runtime: nodejs20.x}}
functions:
  get:
    handler: get.handler
    events: [{{httpApi: 'GET /{name}'}}]
  work:
    handler: work.handler
    events: [{{sqs: {{arn: !GetAtt Queue.Arn}}}}]
resources:
  Resources:
    Queue: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: 60}}}}
    Table:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
        KeySchema: [{{AttributeName: id, KeyType: HASH}}]
"""
HANDLER = "exports.handler = async () => ({{ service: '{name}', shared: require('../../shared/words').hello }});\n"


def monorepo(seed: Seed, folder: Path, registry: Registry) -> None:
    """Thirty services: first deployment, one changed, all changed (warm), all forced; by Seed and by the framework."""
    say(f"\n{SERVICES} services (2 functions, queue, table, HTTP API, one dependency each), seconds")
    registry.add("words", "exports.hello = 'hello';\n" + "// much of it\n" * 20_000)
    _report(_by_seed(seed, registry, folder / "seed"), _by_the_framework(seed, registry, folder / "osls"))


@dataclass(frozen=True, slots=True)
class Ours:
    """One deployment: its seconds, where they went, what the cache of dependencies and the registry were asked."""

    name: str
    seconds: float
    steps: str
    cache: str
    skipped: list[float]
    """Milliseconds that each service cost that was left out."""


def _by_seed(seed: Seed, registry: Registry, folder: Path) -> list[Ours]:
    repository = Repository(folder, ())
    _write(repository.folder, registry)
    repository.commit("thirty services")
    app = replace(seed.app(repository), patience=600.0)
    done = [_ours(seed, app, registry, "first deployment of all, cold")]
    repository.write("services/s07/get.js", "exports.handler = async () => ({ changed: true });\n")
    repository.commit("one function of one service")
    done.append(_ours(seed, app, registry, "one changed"))
    repository.write("shared/words.js", "exports.hello = 'hello again';\n")
    repository.commit("what all of them share")
    done.append(_ours(seed, app, registry, "all changed, warm"))
    done.append(_ours(seed, app, registry, "forced, caches ignored", force=True))
    return done


def _ours(seed: Seed, app: TestApp, registry: Registry, name: str, *, force: bool = False) -> Ours:
    quiet(seed)
    counts, asked = replace(seed.world.dependencies.counts), registry.asked
    builds: list[Build] = []
    seconds = timed(lambda: builds.append(app.deploy(force=force)))
    now = seed.world.dependencies.counts
    hits, misses = now.hits - counts.hits, now.misses - counts.misses
    rate = f"{hits} of {hits + misses} from the cache" if hits + misses else "the cache was not asked"
    cache = f"{rate}, {registry.asked - asked} requests to the registry"
    return Ours(name, seconds, _steps(app, builds[0]), cache, _skipped(app, builds[0]))


def _by_the_framework(seed: Seed, registry: Registry, folder: Path) -> dict[str, float]:
    """Two copies, each a stage of its own; the dependencies are in place but where they are installed each time."""
    for name in ("four", "alone"):
        _write(folder / name, registry)
        for service in sorted((folder / name / "services").iterdir()):
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=service, check=True, capture_output=True)
    four = timed(lambda: _everywhere(seed, folder / "four", 4))
    first = timed(lambda: _everywhere(seed, folder / "alone", 1))
    (folder / "alone/services/s07/get.js").write_text("exports.handler = async () => ({ changed: true });\n")
    changed = timed(lambda: _everywhere(seed, folder / "alone", 1))
    with_install = timed(lambda: _everywhere(seed, folder / "alone", 1, install=True))
    return {"four": four, "first": first, "changed": changed, "with install": with_install}


def _report(ours: list[Ours], theirs: dict[str, float]) -> None:
    first, changed = ours[0].seconds, ours[1].seconds
    say(f"{'':52}{'osls':>8}{'Seed':>8}")
    for name, their, our, target in (
        ("first deployment of all (osls: 4 at a time)", theirs["four"], first, 2),
        ("first deployment of all (osls: one by one)", theirs["first"], first, 0),
        ("one changed, all deployed (osls: one by one)", theirs["changed"], changed, 30),
        ("the same with npm ci in each", theirs["with install"], changed, 100),
    ):
        wanted = f" (target: {target})" if target else ""
        say(f"{name:52}{their:8.2f}{our:8.2f}  {their / our:.1f}x faster{wanted}")
    for one in ours:
        say(f"Seed, {one.name}: {one.seconds:.2f} s; dependencies: {one.cache}")
        say(f"  {one.steps}")
    skipped = sorted(ours[1].skipped)
    say(f"A service left out: {skipped[len(skipped) // 2]:.1f} ms, at most {skipped[-1]:.1f} (target: under 50)")


def _write(folder: Path, registry: Registry) -> None:
    for number in range(SERVICES):
        name = f"s{number:02}"
        service = folder / "services" / name
        registry.write_project(service, "words", name=name)
        (service / "serverless.yml").write_text(SERVICE.format(name=name))
        for handler in ("get", "work"):
            (service / f"{handler}.js").write_text(HANDLER.format(name=name))
    (folder / "shared").mkdir()
    (folder / "shared" / "words.js").write_text("exports.hello = 'hello';\n")


def _everywhere(seed: Seed, folder: Path, at_once: int, *, install: bool = False) -> None:
    home = folder.parent / "home"
    if not home.is_dir():
        shutil.copytree(seed.world.folders.data / "warm", home)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "CI": "true", "NODE_NO_WARNINGS": "1",
        "AWS_ENDPOINT_URL": local_aws(seed), "AWS_ACCESS_KEY_ID": "333333333333",
        "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1", "SLS_TELEMETRY_DISABLED": "1",
        "SLS_AWS_MONITORING_FREQUENCY": "200", "npm_config_update_notifier": "false",
    }  # fmt: skip

    def deploy(service: Path) -> None:
        # Another stage than Seed's: buckets have one name for everybody.
        commands = [["npm", "ci", "--no-audit", "--no-fund"]] if install else []
        for command in (*commands, ["node", str(OSLS), "deploy", "--stage", folder.name]):
            subprocess.run(command, cwd=service, env=environment, check=True, capture_output=True)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(deploy, sorted((folder / "services").iterdir())))


def _steps(app: TestApp, build: Build) -> str:
    """Seconds by step, summed over the services: they work side by side."""
    spent: dict[str, float] = {}
    with app.world.database.read() as session:
        rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).all()
        for step in (step for row in rows for step in row.steps):
            spent[step.name] = spent.get(step.name, 0) + lasted(step)
    return "summed over the services: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in spent.items())


def _skipped(app: TestApp, build: Build) -> list[float]:
    with app.world.database.read() as session:
        rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).all()
        left_out = [row.steps for row in rows if [step.name for step in row.steps] == ["changes"]]
        spans = [(step.started_at, step.ended_at) for (step,) in left_out]
    return [(ended - started).total_seconds() * 1000 for started, ended in spans if ended]
