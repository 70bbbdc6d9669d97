"""Thirty services in one repository, deployed by Seed and by the framework itself, four at a time and one by one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp

from scripts.bench.deploys import OSLS, quiet
from scripts.bench.report import say, timed
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


def monorepo(seed: Seed, folder: Path) -> None:
    """First deployment of all; then one function of one service changed, and the whole repository deployed."""
    say(f"\n{SERVICES} services (2 functions, queue, table, HTTP API each), seconds")
    repository = Repository(folder / "seed", ())
    _write(repository.folder)
    repository.commit("thirty services")
    app = seed.app(repository)
    builds: list[Build] = []
    first = timed(lambda: builds.append(app.deploy()))
    quiet(seed)
    repository.write("services/s07/get.js", "exports.handler = async () => ({ changed: true });\n")
    repository.commit("one function of one service")
    changed = timed(lambda: builds.append(app.deploy()))
    _write(folder / "osls")
    four = timed(lambda: _everywhere(seed, folder / "osls", 4))
    (folder / "osls/services/s07/get.js").write_text("exports.handler = async () => ({ changed: true });\n")
    alone = timed(lambda: _everywhere(seed, folder / "osls", 1))
    with_install = timed(lambda: _everywhere(seed, folder / "osls", 1, install=True))
    say(f"{'':52}{'osls':>8}{'Seed':>8}")
    say(f"{'first deployment of all (osls: 4 at a time)':52}{four:8.2f}{first:8.2f}  {four / first:.0f}x faster")
    say(f"{'one changed, all deployed (osls: one by one)':52}{alone:8.2f}{changed:8.2f}  {alone / changed:.0f}x faster")
    say(f"{'the same with npm ci in each':52}{with_install:8.2f}{changed:8.2f}  {with_install / changed:.0f}x faster")
    for name, build in zip(("first", "one changed"), builds, strict=True):
        say(f"Where the time goes, {name}: {_steps(app, build)}")


def _write(folder: Path) -> None:
    for number in range(SERVICES):
        name = f"s{number:02}"
        service = folder / "services" / name
        service.mkdir(parents=True)
        (service / "serverless.yml").write_text(SERVICE.format(name=name))
        for handler in ("get", "work"):
            (service / f"{handler}.js").write_text(HANDLER.format(name=name))
        manifest = {"name": name, "version": "1.0.0"}
        (service / "package.json").write_text(json.dumps(manifest))
        lock = {**manifest, "lockfileVersion": 3, "requires": True, "packages": {"": manifest}}
        (service / "package-lock.json").write_text(json.dumps(lock))
    (folder / "shared").mkdir()
    (folder / "shared" / "words.js").write_text("exports.hello = 'hello';\n")


def _everywhere(seed: Seed, folder: Path, at_once: int, *, install: bool = False) -> None:
    home = folder.parent / "home"
    if not home.is_dir():
        shutil.copytree(seed.world.folders.data / "warm", home)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "CI": "true", "NODE_NO_WARNINGS": "1",
        "AWS_ENDPOINT_URL": seed.server.local.endpoint, "AWS_ACCESS_KEY_ID": "333333333333",
        "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1", "SLS_TELEMETRY_DISABLED": "1",
        "SLS_AWS_MONITORING_FREQUENCY": "200", "npm_config_update_notifier": "false",
    }  # fmt: skip

    def deploy(service: Path) -> None:
        # Another stage than Seed's: buckets have one name for everybody.
        commands = [["npm", "ci", "--no-audit", "--no-fund"]] if install else []
        for command in (*commands, ["node", str(OSLS), "deploy", "--stage", "osls"]):
            subprocess.run(command, cwd=service, env=environment, check=True, capture_output=True)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(deploy, sorted((folder / "services").iterdir())))


def _steps(app: TestApp, build: Build) -> str:
    """Seconds by step, summed over the services: they work side by side."""
    spent: dict[str, float] = {}
    with app.world.database.read() as session:
        rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).all()
        for step in (step for row in rows for step in row.steps):
            spent[step.name] = spent.get(step.name, 0) + (step.ended_at - step.started_at).total_seconds()
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in spent.items())
