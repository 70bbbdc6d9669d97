"""The pipeline page of a big app."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from tests.support.seeds import person

from scripts.bench.report import say
from seed.apps.records import Account, App, Service, Stage
from seed.builds.pipeline import pipeline
from seed.builds.records import Build, ServiceBuild
from seed.db.base import Database, now
from seed.db.migrate import migrate


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
