"""Measure Seed beside what a person would run instead: one run, one machine, printed side by side.

    make bench            everything
    make bench BENCH=deploy,pipeline

A figure is only worth something beside its neighbour of the same run; nothing here is asserted.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp, person, started
from tests.support.waiting import eventually

from seed.apps.records import Account, App, Service, Stage
from seed.builds.pipeline import pipeline
from seed.builds.records import Build, ServiceBuild
from seed.db.base import Database, now
from seed.db.migrate import migrate
from seed.work.logs import LogReader, LogWriter

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "tests" / "samples" / "orders-api-v1"
OSLS = ROOT / "npm" / "node_modules" / "osls" / "bin" / "serverless.js"
ACCOUNT = "424242424242"


def say(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201, the figures


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def deploys(seed: Seed, folder: Path) -> None:
    """The same service on the same local AWS: first deploy, nothing changed, one function changed."""
    say("\nDeploying orders-api-v1 (33 resources), seconds")
    slow = _framework(seed, folder / "osls", {}, "111111111111")
    fast = _framework(seed, folder / "osls-fast", {"SLS_AWS_MONITORING_FREQUENCY": "200"}, "222222222222")
    ours, parts = _seed_deploys(seed, folder / "seed")
    say(f"{'':34}{'first':>8}{'nothing':>9}{'one function':>14}")
    for name, row in (("osls deploy, as it comes", slow), ("osls deploy, poll at 200 ms", fast), ("Seed", ours)):
        say(f"{name:34}{row[0]:8.2f}{row[1]:9.2f}{row[2]:14.2f}")
    say(f"{'Seed / osls at 200 ms':34}" + "".join(f"{a / b:8.2f}x" for a, b in zip(ours, fast, strict=True)))
    total, package, stack = parts
    own = total - package - stack
    say(f"Of Seed's last: package {package:.2f}, CloudFormation {stack:.2f}, our own {own:.2f} s ({own / total:.0%})")


def _framework(seed: Seed, folder: Path, extra: dict[str, str], account: str) -> list[float]:
    shutil.copytree(SAMPLE, folder)
    home = folder.parent / f"home-{folder.name}"
    shutil.copytree(seed.world.folders.data / "warm", home)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "CI": "true", "NODE_NO_WARNINGS": "1",
        "AWS_ENDPOINT_URL": seed.server.local.endpoint, "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1", "npm_config_update_notifier": "false", "SLS_TELEMETRY_DISABLED": "1", **extra,
    }  # fmt: skip

    def deploy() -> None:
        # Buckets have one name for everybody, so each row has a stage of its own.
        arguments = ["node", str(OSLS), "deploy", "--stage", folder.name]
        subprocess.run(arguments, cwd=folder, env=environment, check=True, capture_output=True)

    times = [timed(deploy), timed(deploy)]
    (folder / "src/get.js").write_text((folder / "src/get.js").read_text() + "\n// changed\n")
    return [*times, timed(deploy)]


def _seed_deploys(seed: Seed, folder: Path) -> tuple[list[float], tuple[float, float, float]]:
    repository = Repository(folder, ())
    shutil.copytree(SAMPLE, repository.folder, dirs_exist_ok=True)
    repository.commit("orders-api")
    app = seed.app(repository)
    times = [timed(app.deploy)]
    repository.commit("nothing", allow_empty=True)
    _quiet(seed)
    times.append(timed(app.deploy))
    repository.write("src/get.js", (repository.folder / "src/get.js").read_text() + "\n// changed\n")
    repository.commit("one function")
    last: list[Build] = []
    _quiet(seed)
    times.append(timed(lambda: last.append(app.deploy())))
    return times, (times[-1], _step(app, last[0], "package"), _step(app, last[0], "deploy"))


def _quiet(seed: Seed) -> None:
    """Until production's packages of the build before are made: the framework beside us makes none."""
    eventually(lambda: not seed.world.engine.pending(), "quiet")


def _step(app: TestApp, build: Build, name: str) -> float:
    with app.world.database.read() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
        step = next(step for step in row.steps if step.name == name)
        return (step.ended_at - step.started_at).total_seconds()


def review(seed: Seed, folder: Path) -> None:
    """From asking for a promotion to its review, for a stack of 400 resources."""
    repository = Repository(folder, ())
    queues = "".join(
        f"    Q{n}: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: 30}}}}\n" for n in range(398)
    )
    text = f"service: many\nprovider: {{name: aws, runtime: nodejs20.x}}\nresources:\n  Resources:\n{queues}"
    repository.write("serverless.yml", text)
    repository.commit("400 resources")
    app = seed.app(repository)
    app.live()
    repository.write("serverless.yml", text.replace("VisibilityTimeout: 30", "VisibilityTimeout: 60"))
    repository.commit("change them all")
    build = app.deploy()
    eventually(lambda: _packaged(app, build), "the package for prod")
    seconds = timed(app.promote)
    say(f"\nPromote to review, 400 resources that all change: {seconds:.2f} s (target: under 1)")


def _packaged(app: TestApp, build: Build) -> bool:
    with app.world.database.read() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
        return all(made.state == "ready" for made in row.downstream)


def pipelines(folder: Path) -> None:
    """The pipeline of 50 services × 10 stages after 10,000 builds."""
    database = Database(folder / "pipeline.db")
    migrate(database)
    _fill(database)
    with database.read() as session:
        app = session.scalars(sa.select(App)).one()
        pipeline(session, app)
        began = time.process_time()
        for _ in range(20):
            pipeline(session, app)
        query = (time.process_time() - began) / 20
        rows = session.scalar(sa.select(sa.func.count(ServiceBuild.id)))
    say(f"\nPipeline, 50 × 10, 10,000 builds, {rows:,} service builds: {query * 1000:.1f} ms CPU of queries")
    page = _page_cpu(database)
    say(f"The whole page, rendered: {page * 1000:.1f} ms CPU (target: under 50)")
    database.close()


def _fill(database: Database) -> None:
    with database.write() as session:
        session.add(Account(id=1, name="local", kind="local", region="us-east-1"))
        session.add(App(id=1, slug="big", name="big", repository="/r", branch="main", sealed_webhook_secret=b""))
        session.flush()
        session.add_all(
            Service(id=n, app_id=1, name=f"s{n:02}", path=f"s{n:02}", config="serverless.yml") for n in range(1, 51)
        )
        kinds = ["development"] * 8 + ["staging", "production"]
        session.add_all(
            Stage(id=n, app_id=1, account_id=1, name=f"stage{n}", kind=kinds[n - 1], branch="main", position=n)
            for n in range(1, 11)
        )
    at = now()
    builds = [
        {"id": n, "app_id": 1, "stage_id": n % 10 + 1, "number": n // 10 + 1, "state": "succeeded", "trigger": "push",
         "commit": f"{n:040x}", "asked_by": "seed", "created_at": at + timedelta(seconds=n), "subject": f"Commit {n}",
         "branch": "main", "author": "Robin", "reason": "", "cancel_requested": False}
        for n in range(10_000)
    ]  # fmt: skip
    services = [
        {"build_id": n, "stage_id": n % 10 + 1, "service_id": s, "state": "succeeded", "ended_at": at, "reason": "",
         "package_digest": "", "framework": "", "stack_name": "", "stack_id": "", "change_set_name": "",
         "change_set_arn": "", "method": "change-set", "last_event": ""}
        for n in range(10_000) for s in range(1, 51)
    ]  # fmt: skip
    with database.write() as session:
        session.execute(sa.insert(Build), builds)
        session.execute(sa.insert(ServiceBuild), services)


def _page_cpu(database: Database) -> float:
    """CPU of one request for the page, by the application itself, with somebody signed in."""
    from starlette.testclient import TestClient

    from seed.people.sign_in import sign_in
    from seed.server import Server, application
    from seed.settings import load

    server = Server(load(data=database.path.parent, port=1, aws="none"))
    database.path.replace(server.folders.database)
    Path(f"{database.path}-wal").unlink(missing_ok=True)
    person(server.world, "a@example.com", "A")
    with server.world.database.write() as session:
        key = sign_in(session, "a@example.com", "correct horse battery", days=1)
    client = TestClient(application(server), base_url="http://127.0.0.1", cookies={"seed_session": key})
    assert client.get("/apps/big").is_success  # noqa: S101, what is measured must work
    began = time.process_time()
    for _ in range(10):
        client.get("/apps/big")
    return (time.process_time() - began) / 10


def logs(folder: Path) -> None:
    """5,000 lines a second written, and read by a follower, without loss."""
    path = folder / "log.jsonl"
    writer, reader = LogWriter(path), LogReader(path)
    seen = 0
    began = time.monotonic()
    cpu = time.process_time()
    for second in range(4):
        for number in range(5000):
            writer.write(f"line {second * 5000 + number}: compiled, packaged, uploaded, and so on and so forth")
            if number % 500 == 0:
                seen += len(reader.poll())
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
    writer.close()
    while lines := reader.poll():
        seen += len(lines)
    spent = time.process_time() - cpu
    say(f"\nLogs: 20,000 lines at 5,000 a second: {seen:,} followed, {spent / 4:.0%} of one core")


def starts(folder: Path) -> None:
    """From starting the server to its first page; and a CLI command against it."""
    port = _free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "seed.cli.main", "serve", "--data", str(folder / "start"), "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    eventually(lambda: _answers(f"http://127.0.0.1:{port}/sign-in"), "the first page", 60)
    first = time.monotonic() - began
    environment |= {"SEED_URL": f"http://127.0.0.1:{port}"}
    version = [sys.executable, "-m", "seed.cli.main", "account", "list"]
    cli = min(
        timed(lambda: subprocess.run(version, env=environment, check=False, capture_output=True)) for _ in range(5)
    )
    process.terminate()
    stop = timed(process.wait)
    say(f"\nServer start to first page: {first:.2f} s (target: under 3); stop: {stop:.2f} s (target: under 5)")
    say(f"A CLI command, whole process: {cli * 1000:.0f} ms (target: under 200)")


def _answers(url: str) -> bool:
    try:
        return bool(httpx2.get(url, timeout=2, trust_env=False).is_success)
    except httpx2.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(wanted: str) -> None:
    names = {name for name in wanted.split(",") if name} or {"deploy", "review", "pipeline", "logs", "start"}
    with tempfile.TemporaryDirectory(prefix="seed-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if "logs" in names:
            logs(folder)
        if "start" in names:
            starts(folder)
        if "pipeline" in names:
            (folder / "pipeline").mkdir()
            pipelines(folder / "pipeline")
        if names & {"deploy", "review"}:
            server = started(folder / "data")
            seed = Seed(server, person(server.world, "bench@example.com", "Bench"))
            if "deploy" in names:
                deploys(seed, folder)
            if "review" in names:
                review(seed, folder / "many")
            server.stop()
            os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
