"""One service, deployed by Seed and by the framework itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp
from tests.support.waiting import eventually

from scripts.bench.report import lasted, local_aws, say, timed
from seed.apps.find import stage_of
from seed.apps.functions_only import set_functions_only
from seed.builds.records import Build, ServiceBuild

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "samples" / "orders-api-v1"
OSLS = ROOT / "npm" / "node_modules" / "osls" / "bin" / "serverless.js"


def deploys(seed: Seed, folder: Path) -> None:
    """The same service on the same local AWS: first deploy, nothing changed, one function changed."""
    say("\nDeploying orders-api-v1 (33 resources), seconds")
    slow, _ = _framework(seed, folder / "osls", {}, "111111111111")
    fast, alone = _framework(seed, folder / "osls-fast", {"SLS_AWS_MONITORING_FREQUENCY": "200"}, "222222222222")
    ours = _seed_deploys(seed, folder / "seed")
    say(f"{'':34}{'first':>8}{'nothing':>9}{'one function':>14}")
    for name, row in (
        ("osls deploy, as it comes", slow),
        ("osls deploy, poll at 200 ms", fast),
        ("Seed", ours.three),
    ):
        say(f"{name:34}{row[0]:8.2f}{row[1]:9.2f}{row[2]:14.2f}")
    ratios = "".join(f"{a / b:8.2f}x" for a, b in zip(ours.three, fast, strict=True))
    say(f"{'Seed / osls at 200 ms':34}{ratios}  (target: under 1)")
    say(f"Nothing changed, forced (packaged all the same): {ours.forced:.2f} s, {ours.forced / fast[1]:.2f}x of osls")
    package, plan, deploy = ours.parts
    total = ours.three[-1]
    own = total - package - plan - deploy
    say(f"Of Seed's last: package {package:.2f}, change set {plan:.2f}, executing it {deploy:.2f}, our own {own:.2f} s")
    floor = alone + plan + deploy
    say(
        f"`osls package` alone {alone:.2f} s, with CloudFormation's time {floor:.2f} s: "
        f"Seed takes {total / floor:.2f}x of it (target: under 1.10)"
    )
    say(
        f"One function's code straight to Lambda: {ours.straight:.2f} s, "
        f"{ours.straight / alone:.2f}x of `osls package` alone (target: under 1.3)"
    )


@dataclass(frozen=True, slots=True)
class Ours:
    """Seconds. `parts` are the steps of the third deployment: package, plan, deploy."""

    three: list[float]
    parts: list[float]
    forced: float
    straight: float


def _framework(seed: Seed, folder: Path, extra: dict[str, str], account: str) -> tuple[list[float], float]:
    """(its three deployments, its package step alone)."""
    shutil.copytree(SAMPLE, folder)
    home = folder.parent / f"home-{folder.name}"
    shutil.copytree(seed.world.folders.data / "warm", home)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "CI": "true", "NODE_NO_WARNINGS": "1",
        "AWS_ENDPOINT_URL": local_aws(seed), "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "x",
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


def _seed_deploys(seed: Seed, folder: Path) -> Ours:
    repository = Repository(folder, ())
    shutil.copytree(SAMPLE, repository.folder, dirs_exist_ok=True)
    repository.commit("orders-api")
    app = seed.app(repository)
    last: list[Build] = []

    def deploy(*, force: bool = False) -> float:
        quiet(seed)
        return timed(lambda: last.append(app.deploy(force=force)))

    times = [deploy()]
    repository.commit("nothing", allow_empty=True)
    times.append(deploy())
    forced = deploy(force=True)
    _change(repository, "once")
    times.append(deploy())
    parts = [_step(app, last[-1], name) for name in ("package", "plan", "deploy")]
    with app.world.database.write() as session:
        set_functions_only(session, seed.alice, stage_of(session, seed.alice, app.slug, "dev"), on=True)
    _change(repository, "twice")
    straight = deploy()
    if app.service(last[-1], last[-1].services[0].service.name).method != "code":
        say("The last deployment went through CloudFormation: its figure is not what it says.")
    return Ours(times, parts, forced, straight)


def _change(repository: Repository, words: str) -> None:
    repository.write("src/get.js", (repository.folder / "src/get.js").read_text() + f"\n// changed {words}\n")
    repository.commit(f"one function, {words}")


def quiet(seed: Seed) -> None:
    """Until production's packages of the build before are made: the framework beside us makes none."""
    eventually(lambda: not seed.world.engine.pending(), "quiet")


def _step(app: TestApp, build: Build, name: str) -> float:
    with app.world.database.read() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
        step = next(step for step in row.steps if step.name == name)
        return lasted(step)
