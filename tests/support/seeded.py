"""A Seed full of rows and without work: an app in every state that a page can show.

Nothing runs here: no engine, no AWS. The rows are what real builds and promotions leave behind; their change
sets are compared from real templates.

    python -m tests.support.seeded FOLDER [PORT]      serves it on loopback, to look at
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from tests.support.repository import Repository

from seed.apps.add import webhook_place
from seed.apps.records import Account, App, Service, Stage
from seed.audit.record import record
from seed.aws.port import Cloud
from seed.builds.records import Build, DownstreamPackage, ServiceBuild, Step
from seed.builds.states import ENDED
from seed.changesets import (
    ChangeSet,
    CodeChange,
    FileChange,
    Finding,
    PropertyChange,
    ResourceChange,
    Severity,
    compare,
    parse_template,
    to_json,
)
from seed.changesets.enrich import Counted, enriched
from seed.db.base import now
from seed.db.migrate import migrate
from seed.git import Mirror
from seed.people.sign_in import add_person, sign_in
from seed.promotions.records import Confirmation, Promotion, ServicePlan
from seed.server import Server, application
from seed.settings import load as load_settings
from seed.work.engine import Handler, Kind
from seed.work.logs import LogWriter
from seed.work.world import World

DATA = Path(__file__).parents[1] / "changesets" / "data"
EMAIL, PASSWORD = "alice@example.com", "correct horse battery"
SERVICES = ("orders", "users", "mails")
DIGEST = "sha256:" + "5eed" * 16
SERVERS: list[Server] = []
"""Kept until they are closed, or as long as the process, as a real one is: each holds the lock of its folder."""
FAILURE = {
    "code": "stack-failed",
    "sentence": "OrdersTable: CREATE_FAILED: orders-prod already exists in stack arn:aws:cloudformation:…",
    "hint": "Give the table another name, or remove the one that is there.",
    "where": "orders-prod",
}


class NoWork:
    """An engine that takes jobs and never runs them."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Kind, int]] = []

    def submit(self, session: Session, kind: Kind, run_id: int, *, key: str, order: int) -> None:  # noqa: ARG002
        self.jobs.append((kind, run_id))

    def start(self, handlers: Mapping[Kind, Handler]) -> None: ...
    def stop(self) -> None: ...
    def pending(self) -> dict[str, int]:
        return {}

    def purge(self, keep_days: int) -> int:  # noqa: ARG002
        return 0


class NoCloud:
    """An account with no stack in it."""

    region = "us-east-1"

    def stack(self, name: str) -> None:  # noqa: ARG002
        return None

    def template(self, name: str) -> None:  # noqa: ARG002
        return None


@dataclass
class Seeded:
    server: Server
    repository: Repository
    commits: list[str]

    @property
    def world(self) -> World:
        return self.server.world

    def key(self) -> str:
        """A cookie of Alice's."""
        with self.world.database.write() as session:
            return sign_in(session, EMAIL, PASSWORD, days=1)

    def close(self) -> None:
        """Nothing of it is left open, or kept."""
        if self.server in SERVERS:
            SERVERS.remove(self.server)
        self.world.bell.close()
        self.world.database.close()
        if self.server._lock is not None:
            self.server._lock.close()

    def write(self, change: Callable[[Session], Any]) -> Any:
        with self.world.database.write() as session:
            return change(session)


def empty(folder: Path, port: int = 1) -> Server:
    """A server that is composed and migrated, but does nothing."""
    server = Server(load_settings(data=folder / "data", port=port, aws="none", sandbox="none"))
    SERVERS.append(server)
    migrate(server.world.database)
    cloud: Cloud = NoCloud()  # type: ignore[assignment]  # only what a confirmation looks at
    server.world = replace(server.world, engine=NoWork(), connect=lambda _account: cloud)
    return server


def seeded(folder: Path, port: int = 1) -> Seeded:
    server = empty(folder, port)
    repository = Repository(folder / "repository", SERVICES)
    commits = [repository.commit(subject, allow_empty=True) for subject in (
        "Let customers pay by invoice", "Sort orders by the time they were made", "Log less, answer faster")]  # fmt: skip
    made = Seeded(server, repository, commits)
    for sha256, content in ((OLD_SHA, OLD_CODE), (NEW_SHA, NEW_CODE)):
        place = server.folders.packages / "files" / sha256[:2] / sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    made.write(lambda session: _rows(session, made))
    with server.world.database.read() as session:
        app = session.query(App).one()
    Mirror(server.folders.mirror(app.id), str(repository.folder)).sync()
    return made


def copied(source: Seeded, folder: Path) -> Seeded:
    """The same rows for a test to change: much quicker than telling them again."""
    shutil.copytree(source.world.folders.data, folder / "data")
    return Seeded(empty(folder), source.repository, source.commits)


def danger() -> ChangeSet:
    old, new = (parse_template((DATA / f"orders-api-{version}.json").read_text()) for version in ("v1", "v2"))
    held = {
        name: Counted(words, now().isoformat(timespec="seconds"))
        for name, words in (("OrdersTable", "1,204,331 items (2.1 GB)"), ("ScratchBucket", "10,000+ objects"))
    }
    changes = enriched(compare(old, new, stack_name="orders-prod"), held, ())
    rows = (replace(r, code=CODE) if r.logical_id == "CreateOrderLambdaFunction" else r for r in changes.resources)
    return replace(changes, resources=tuple(rows))


def archive(**files: str) -> bytes:
    """A function's code."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, text in files.items():
            target.writestr(zipfile.ZipInfo(name.replace("__", "/")), text)
    return out.getvalue()


OLD_CODE = archive(
    src__create_js="exports.handler = async (event) => {\n  return save(event, 5);\n};\n", same_js="1", old_js="2"
)
NEW_CODE = archive(
    src__create_js="exports.handler = async (event) => {\n  return save(event, 10);\n};\nexports.log = log;\n",
    same_js="1",
)
OLD_SHA, NEW_SHA = (hashlib.sha256(content).hexdigest() for content in (OLD_CODE, NEW_CODE))
CODE = CodeChange(
    files=(FileChange("old_js", 1, None), FileChange("src/create_js", 64, 80)),
    before=len(OLD_CODE), after=len(NEW_CODE), old=OLD_SHA, new=NEW_SHA,
)  # fmt: skip


def mild() -> ChangeSet:
    return ChangeSet(
        stack_name="users-prod",
        new_stack=False,
        resources=(
            ResourceChange(
                "GetUserLambdaFunction", "AWS::Lambda::Function", "Modify", physical_id="users-prod-getUser",
                properties=(
                    PropertyChange("/Properties/MemorySize", before=128, after=256),
                    PropertyChange("/Properties/Environment/Variables/API_KEY", secret=True),
                    PropertyChange("/Properties/Environment/Variables/GREETING", before="Hello, dear user", after="Hello, dear customer"),
                ),
            ),
            ResourceChange("UserMails", "AWS::SNS::Topic", "Add", after={"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "Users"}}),
        ),
        findings=(Finding("capacity-lowered", Severity.WARNING, "The function GetUserLambdaFunction may run less often at a time.", "GetUserLambdaFunction", "ReservedConcurrentExecutions: 50 → 10"),),
    )  # fmt: skip


def routine() -> ChangeSet:
    rows = tuple(
        ResourceChange(f"Version{n}", "AWS::Lambda::Version", "Add", routine=f"new version of Function{n}",
                       severity=Severity.ROUTINE)
        for n in range(3)
    )  # fmt: skip
    return ChangeSet(stack_name="mails-prod", new_stack=False, resources=rows)


def many(number: int = 500) -> ChangeSet:
    rows = tuple(
        ResourceChange(
            f"Resource{n}{'VeryLong' * (n % 9)}", ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue")[n % 3],
            ("Modify", "Add", "Remove", "Modify")[n % 4], "True" if n % 97 == 0 else "False",
            severity=Severity.DANGER if n % 97 == 0 else Severity.NOTICE,
            properties=tuple(PropertyChange(f"/Properties/P{i}", before={"a": [i, n]}, after={"a": [i, n + 1], "b": "x" * i}) for i in range(4)),
        )
        for n in range(number)
    )  # fmt: skip
    return ChangeSet(stack_name="big-prod", new_stack=False, resources=rows)


HOSTILE = "<script>alert(1)</script>&\"'`{{7*7}}\u202egnp.exe"


def hostile() -> ChangeSet:
    return ChangeSet(
        stack_name=HOSTILE, new_stack=False,
        resources=(ResourceChange(HOSTILE, HOSTILE, "Modify", "True", physical_id=HOSTILE, severity=Severity.DANGER,
                                  properties=(PropertyChange(f"/Properties/{HOSTILE}", before=HOSTILE, after=[HOSTILE] * 3, causing_entity=HOSTILE),),
                                  before={HOSTILE: HOSTILE}, after={HOSTILE: [HOSTILE]}),),
        findings=(Finding("x", Severity.DANGER, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )  # fmt: skip


def _rows(session: Session, made: Seeded) -> None:
    add_person(session, EMAIL, "Alice", PASSWORD)
    accounts = [Account(name="local", kind="local", region="us-east-1", aws_account="000000000000", checked_at=now()),
                Account(name="production", kind="role", region="eu-central-1", role_arn="arn:aws:iam::123456789012:role/Seed",
                        checked_at=now(), problem="The role cannot be assumed: AccessDenied.")]  # fmt: skip
    session.add_all(accounts)
    session.flush()
    secret = made.world.vault.seal("s3cret-of-the-hook", webhook_place("shop"))
    app = App(
        slug="shop", name="shop", repository=str(made.repository.folder), branch="main", sealed_webhook_secret=secret
    )
    session.add(app)
    session.flush()
    services = [Service(app_id=app.id, name=name, path=name, config="serverless.yml") for name in SERVICES]
    stages = [
        Stage(app_id=app.id, account_id=accounts[0].id, name=name, kind=kind, branch=branch, auto_deploy=bool(branch), position=position)
        for name, kind, branch, position in (("dev", "development", "main", 1), ("feature", "development", "feature/pay-by-invoice-and-a-very-long-branch-name", 2),
                                             ("staging", "staging", "", 50), ("prod", "production", "", 100))
    ]  # fmt: skip
    session.add_all([*services, *stages])
    session.flush()
    record(session, "Alice", "app.added", "shop", app_id=app.id, services=list(SERVICES))
    Rows(session, made, app, services, {stage.name: stage for stage in stages}).tell()


@dataclass
class Rows:
    session: Session
    made: Seeded
    app: App
    services: list[Service]
    stages: dict[str, Stage]

    def tell(self) -> None:
        self.build("dev", "succeeded", 0, hours=70, promoted=True)
        self.build("dev", "failed", 1, hours=30, failed=1)
        good = self.build("dev", "succeeded", 2, hours=5)
        self.build("feature", "cancelled", 1, hours=4)
        self.build("feature", "running", 2, hours=0)
        staged = self.build("staging", "succeeded", 1, hours=28, trigger="promotion", promoted=True)
        first = self.build("prod", "succeeded", 0, hours=60, trigger="promotion")
        second = self.build("prod", "succeeded", 1, hours=26, trigger="promotion")
        for build, state in ((first, "promoted"), (second, "promoted")):
            one = self.promotion(staged, "prod", state, {"orders": mild()}, target_build=build)
            build.promotion_id = one.id
        broken = self.build("prod", "failed", 2, hours=3, trigger="promotion", failed=1)
        self.promotion(
            staged,
            "prod",
            "failed",
            {"orders": danger(), "users": mild()},
            target_build=broken,
            failure=FAILURE,
            reason=FAILURE["sentence"],
        )
        self.promotion(good, "staging", "planning", {"orders": None, "users": None})
        self.promotion(staged, "prod", "review", {"orders": danger(), "users": mild(), "mails": routine()})
        self.promotion(staged, "prod", "review", {"users": mild()})
        self.promotion(staged, "prod", "review", {"mails": routine()})
        self.promotion(staged, "prod", "review", {"orders": danger()})
        stale = self.promotion(
            staged, "prod", "stale", {"users": mild()}, reason="orders-prod was changed after the review was made."
        )
        newer = self.promotion(staged, "prod", "review", {"users": mild()})
        newer.replaces_id = stale.id
        self.promotion(staged, "prod", "rejected", {"users": mild()}, reason="Not on a Friday.")
        self.promotion(staged, "prod", "expired", {"users": mild()}, reason="nobody confirmed it within 7 days")
        self.promotion(staged, "prod", "unchanged", {"orders": replace(mild(), resources=(), findings=())})
        rolled = self.promotion(first, "prod", "review", {"orders": danger()}, kind="rollback")
        deploying = self.build("staging", "running", 2, hours=0, trigger="promotion")
        self.promotion(good, "staging", "deploying", {name: mild() for name in SERVICES}, target_build=deploying)
        self.promotion(staged, "prod", "review", {"orders": many()})
        self.promotion(staged, "prod", "review", {"orders": hostile()})
        record(
            self.session,
            "Alice",
            "promotion.rejected",
            f"prod #{rolled.id - 2}",
            app_id=self.app.id,
            reason="Not on a Friday.",
        )

    def build(
        self,
        stage: str,
        state: str,
        commit: int,
        *,
        hours: float,
        failed: int = -1,
        trigger: str = "push",
        promoted: bool = False,
    ) -> Build:
        place, at = self.stages[stage], now() - timedelta(hours=hours, minutes=2)
        subjects = ("Let customers pay by invoice", "Sort orders by the time they were made", "Log less, answer faster")
        build = Build(
            app_id=self.app.id, stage_id=place.id, number=place.next_number, state=state, trigger=trigger, branch=place.branch,
            commit=self.made.commits[commit], subject=subjects[commit], author="Robin", committed_at=at, asked_by="seed" if trigger == "push" else "Alice",
            created_at=at, started_at=at, ended_at=at + timedelta(seconds=41) if state in ENDED else None, promoted_at=at if promoted else None,
        )  # fmt: skip
        place.next_number += 1
        self.session.add(build)
        self.session.flush()
        record(
            self.session,
            build.asked_by,
            "build.asked",
            f"{stage} {build.number}",
            app_id=self.app.id,
            commit=build.commit,
        )
        for index, service in enumerate(self.services):
            self.service(build, service, self._state(state, index, failed), index)
        return build

    def _state(self, state: str, index: int, failed: int) -> str:
        if state == "running":
            return ("deploying", "packaging", "waiting")[index]
        if state == "failed":
            return "failed" if index == failed else "succeeded" if index < failed else "skipped"
        return "unchanged" if state == "succeeded" and index == 2 else state

    def service(self, build: Build, service: Service, state: str, index: int) -> None:
        assert build.started_at is not None
        at = build.started_at + timedelta(seconds=1)
        row = ServiceBuild(
            build_id=build.id, service_id=service.id, stage_id=build.stage_id, state=state, framework="osls 4.3.1",
            started_at=None if state == "waiting" else at, ended_at=at + timedelta(seconds=12.4 + index) if state in ENDED else None,
            package_digest=DIGEST, stack_name=f"{service.name}-{build.stage_id}", failure=FAILURE if state == "failed" else None,
            reason={"failed": FAILURE["sentence"], "skipped": "a service of phase 1 failed", "unchanged": "nothing to change"}.get(state, ""),
            changes=to_json(danger() if index == 0 else mild(), contexts=True) if state in {"succeeded", "failed", "deploying"} else None,
            outputs={"ServiceEndpoint": "https://abc123.execute-api.us-east-1.amazonaws.com", "OrdersTableName": "orders"} if state == "succeeded" else None,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        if state != "waiting":
            self.log(row, at)
        if state == "succeeded" and build.trigger == "push":
            self.package(row, index)

    def log(self, row: ServiceBuild, at: Any) -> None:
        writer = LogWriter(self.made.world.folders.log(row.id))
        for number, step in enumerate(("source", "install", "package", "plan", "deploy")):
            first = writer.step(step)
            for line in LINES[step]:
                writer.write(line)
            done = row.state in ENDED or number < 3
            began = at + timedelta(seconds=number * 2)
            ended = began + timedelta(seconds=random.Random(number).uniform(0.1, 3)) if done else None
            state = "succeeded" if done else "running"
            if row.state == "failed" and step == "deploy":
                state = "failed"
            self.session.add(
                Step(
                    service_build_id=row.id, name=step, state=state, first_line=first, started_at=began, ended_at=ended
                )
            )
            if not done:
                break
        writer.close()

    def package(self, row: ServiceBuild, index: int) -> None:
        state = ("ready", "failed", "making")[index]
        made = DownstreamPackage(
            service_build_id=row.id, stage_id=self.stages["prod"].id, state=state, digest=DIGEST if state == "ready" else "",
            failure={**FAILURE, "sentence": 'Cannot resolve variable at "provider.environment.KEY": Value not found at "ssm" source.',
                     "hint": "Put the parameter into production's account."} if state == "failed" else None,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        writer = LogWriter(self.made.world.folders.package_log(made.id))
        writer.step("package")
        writer.write("Packaging for prod")
        writer.close()

    def promotion(
        self, source: Build, target: str, state: str, changes: dict[str, ChangeSet | None], *, kind: str = "promotion",
        target_build: Build | None = None, failure: dict[str, Any] | None = None, reason: str = "",
    ) -> Promotion:  # fmt: skip
        at = now() - timedelta(minutes=7)
        planned = state != "planning"
        row = Promotion(
            app_id=self.app.id, kind=kind, state=state, source_build_id=source.id, target_stage_id=self.stages[target].id,
            target_build_id=target_build.id if target_build else None, digest=DIGEST if planned else "", reason=reason, failure=failure,
            asked_by="Alice", created_at=at, planned_at=at + timedelta(seconds=3) if planned else None,
            ended_at=None if state in {"planning", "review", "confirmed", "deploying"} else at + timedelta(minutes=2),
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        by_name = {service.name: service for service in self.services}
        for name, change_set in changes.items():
            run = next(r for r in source.services if r.service_id == by_name[name].id)
            state_of = "planning" if change_set is None else "unchanged" if state == "unchanged" else "ready"
            self.session.add(ServicePlan(
                promotion_id=row.id, service_id=by_name[name].id, source_service_build_id=run.id, state=state_of, package_digest=DIGEST,
                stack_name=f"{name}-prod", method="update-stack", baseline={"exists": False}, changes=to_json(change_set, contexts=True) if change_set else None,
            ))  # fmt: skip
        if target_build is not None:
            self.session.add(Confirmation(promotion_id=row.id, person_id=1, person="Alice", digest=DIGEST))
            target_build.promotion_id = row.id
        record(
            self.session,
            "Alice",
            f"{kind}.asked",
            f"{target} #{row.id}",
            app_id=self.app.id,
            source_build=source.number,
        )
        self.session.flush()
        return row


LINES = {
    "source": ["Commit 4f2a91c Let customers pay by invoice", "Checked out 214 files"],
    "install": ["$ npm ci", "\x1b[2mnpm\x1b[0m \x1b[33mwarn\x1b[0m deprecated inflight@1.0.6: This module is not supported", "added 214 packages in 3s"],
    "package": ["$ osls package --stage dev", "\x1b[38;5;8mPackaging\x1b[0m \x1b[1morders\x1b[22m for stage dev", "\x1b[32m✔\x1b[39m Service packaged \x1b[90m(1s)\x1b[39m",
                *(f"\x1b[90m{n:>4}\x1b[39m bundling src/handlers/order-{n}.ts" for n in range(60))],
    "plan": ["Uploading 9f0c2e… (48,213 bytes)", "Change set seed-build-7 is CREATE_COMPLETE: 12 changes"],
    "deploy": ["UPDATE_IN_PROGRESS  AWS::Lambda::Function  CreateOrderLambdaFunction", "\x1b[32mUPDATE_COMPLETE\x1b[0m     AWS::Lambda::Function  CreateOrderLambdaFunction",
               "<b>not bold</b> & \x1b]8;;https://evil.example\x07a link\x1b]8;;\x07 \x1b[31mred \x1b[1mand bold\x1b[0m"],
}  # fmt: skip


def main() -> None:
    import uvicorn

    folder, port = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8092
    made = seeded(folder, port)
    print(json.dumps({"url": made.world.settings.url, "cookie": made.key()}), flush=True)
    uvicorn.run(application(made.server), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
