"""One service, deployed by Seed and by the framework itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp
from tests.support.waiting import eventually

from scripts.bench.report import say, timed
from seed.builds.records import Build, ServiceBuild

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "samples" / "orders-api-v1"
OSLS = ROOT / "npm" / "node_modules" / "osls" / "bin" / "serverless.js"


def deploys(seed: Seed, folder: Path) -> None:
    """The same service on the same local AWS: first deploy, nothing changed, one function changed."""
    say("\nDeploying orders-api-v1 (33 resources), seconds")
    slow, _ = _framework(seed, folder / "osls", {}, "111111111111")
    fast, alone = _framework(seed, folder / "osls-fast", {"SLS_AWS_MONITORING_FREQUENCY": "200"}, "222222222222")
    ours, parts = _seed_deploys(seed, folder / "seed")
    say(f"{'':34}{'first':>8}{'nothing':>9}{'one function':>14}")
    for name, row in (("osls deploy, as it comes", slow), ("osls deploy, poll at 200 ms", fast), ("Seed", ours)):
        say(f"{name:34}{row[0]:8.2f}{row[1]:9.2f}{row[2]:14.2f}")
    say(f"{'Seed / osls at 200 ms':34}" + "".join(f"{a / b:8.2f}x" for a, b in zip(ours, fast, strict=True)))
    total, (package, plan, deploy) = ours[-1], parts
    own = total - package - plan - deploy
    say(f"Of Seed's last: package {package:.2f}, change set {plan:.2f}, executing it {deploy:.2f}, our own {own:.2f} s")
    floor = alone + plan + deploy
    say(f"`osls package` alone {alone:.2f}, with CloudFormation's time {floor:.2f} s; Seed / that {total / floor:.2f}x")


def _framework(seed: Seed, folder: Path, extra: dict[str, str], account: str) -> tuple[list[float], float]:
    """(its three deployments, its package step alone)."""
    shutil.copytree(SAMPLE, folder)
    home = folder.parent / f"home-{folder.name}"
    shutil.copytree(seed.world.folders.data / "warm", home)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "CI": "true", "NODE_NO_WARNINGS": "1",
        "AWS_ENDPOINT_URL": seed.server.local.endpoint, "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1", "npm_config_update_notifier": "false", "SLS_TELEMETRY_DISABLED": "1", **extra,
    }  # fmt: skip

    def run(command: str) -> None:
        # Buckets have one name for everybody, so each row has a stage of its own.
        arguments = ["node", str(OSLS), command, "--stage", folder.name]
        subprocess.run(arguments, cwd=folder, env=environment, check=True, capture_output=True)

    times = [timed(lambda: run("deploy")) for _ in range(2)]
    (folder / "src/get.js").write_text((folder / "src/get.js").read_text() + "\n// changed\n")
    times.append(timed(lambda: run("deploy")))
    return times, timed(lambda: run("package"))


def _seed_deploys(seed: Seed, folder: Path) -> tuple[list[float], list[float]]:
    """(Seed's three deployments, the seconds of the last one's steps: package, plan, deploy)."""
    repository = Repository(folder, ())
    shutil.copytree(SAMPLE, repository.folder, dirs_exist_ok=True)
    repository.commit("orders-api")
    app = seed.app(repository)
    times = [timed(app.deploy)]
    repository.commit("nothing", allow_empty=True)
    quiet(seed)
    times.append(timed(app.deploy))
    repository.write("src/get.js", (repository.folder / "src/get.js").read_text() + "\n// changed\n")
    repository.commit("one function")
    last: list[Build] = []
    quiet(seed)
    times.append(timed(lambda: last.append(app.deploy())))
    return times, [_step(app, last[0], name) for name in ("package", "plan", "deploy")]


def quiet(seed: Seed) -> None:
    """Until production's packages of the build before are made: the framework beside us makes none."""
    eventually(lambda: not seed.world.engine.pending(), "quiet")


def _step(app: TestApp, build: Build, name: str) -> float:
    with app.world.database.read() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
        step = next(step for step in row.steps if step.name == name)
        return (step.ended_at - step.started_at).total_seconds()
