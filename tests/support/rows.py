"""The rows that real builds and promotions leave behind."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from tests.support.change_sets import (
    danger,
    hostile,
    many,
    mild,
    routine,
)

from seed.apps.records import App, Service, Stage
from seed.audit.record import record
from seed.builds.records import Build, DownstreamPackage, ServiceBuild, Step
from seed.builds.states import ENDED
from seed.changesets import (
    ChangeSet,
    to_json,
)
from seed.db.base import now
from seed.promotions.records import Confirmation, Promotion, ServicePlan
from seed.work.logs.log import LogWriter
from seed.work.world import World

DIGEST = "sha256:" + "5eed" * 16
SERVICES = ("orders", "users", "mails")
FAILURE = {
    "code": "stack-failed",
    "sentence": "OrdersTable: CREATE_FAILED: orders-prod already exists in stack arn:aws:cloudformation:…",
    "hint": "Give the table another name, or remove the one that is there.",
    "where": "orders-prod",
}
LINES = {
    "source": ["Commit 4f2a91c Let customers pay by invoice", "Checked out 214 files"],
    "install": ["$ npm ci", "\x1b[2mnpm\x1b[0m \x1b[33mwarn\x1b[0m deprecated inflight@1.0.6: This module is not supported", "added 214 packages in 3s"],
    "package": ["$ osls package --stage dev", "\x1b[38;5;8mPackaging\x1b[0m \x1b[1morders\x1b[22m for stage dev", "\x1b[32m✔\x1b[39m Service packaged \x1b[90m(1s)\x1b[39m",
                *(f"\x1b[90m{n:>4}\x1b[39m bundling src/handlers/order-{n}.ts" for n in range(60))],
    "plan": ["Uploading 9f0c2e… (48,213 bytes)", "Change set seed-build-7 is CREATE_COMPLETE: 12 changes"],
    "deploy": ["UPDATE_IN_PROGRESS  AWS::Lambda::Function  CreateOrderLambdaFunction", "\x1b[32mUPDATE_COMPLETE\x1b[0m     AWS::Lambda::Function  CreateOrderLambdaFunction",
               "<b>not bold</b> & \x1b]8;;https://evil.example\x07a link\x1b]8;;\x07 \x1b[31mred \x1b[1mand bold\x1b[0m"],
}  # fmt: skip


@dataclass
class Rows:
    session: Session
    world: World
    commits: list[str]
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
            commit=self.commits[commit], subject=subjects[commit], author="Robin", committed_at=at, asked_by="seed" if trigger == "push" else "Alice",
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
        writer = LogWriter(self.world.folders.log(row.id))
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
        writer = LogWriter(self.world.folders.package_log(made.id))
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
