"""The story, step by step. Each step finds what is there and does only what is left to do."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from seed.apps.find import stage_of
from seed.apps.records import App
from seed.builds.find import builds_of
from seed.builds.records import Build
from seed.builds.states import ENDED as BUILD_ENDED
from seed.changesets import from_json
from seed.demo import shop
from seed.demo.orders import take_orders
from seed.errors import SeedError
from seed.people.actor import Actor
from seed.promotions.find import promotions_of
from seed.promotions.load import load_promotion
from seed.promotions.records import Promotion
from seed.work import intake
from seed.work.logs import stream
from seed.work.world import World

SLUG = "shop"
PATIENCE = 300.0
T = TypeVar("T")


class DemoFailed(SeedError):
    """The demo did not go as it should."""

    code = "demo-failed"


@dataclass
class Story:
    """What has happened, for the summary."""

    world: World
    actor: Actor
    folder: Path
    say: Callable[[str], None]
    aws: str
    """The local AWS's address."""
    seconds: dict[str, float] = field(default_factory=dict)

    def tell(self) -> Promotion:
        """From nothing, or from where an earlier telling ended, to the review of the second commit."""
        commit = shop.make(self.folder)
        self._step("Adding the app shop (services orders and users)", "add", self._add)
        first = self._step("Deploying the first commit to dev", "deploy_1", lambda: self._deployed(commit))
        self._step("Promoting it to prod", "promote_1", lambda: self._promoted(first))
        self._step("Customers order in prod", "orders", lambda: self._ordered(first))
        change = shop.push_change(self.folder)
        second = self._step("Deploying the second commit to dev", "deploy_2", lambda: self._deployed(change))
        return self._step("Planning its promotion to prod", "plan_2", lambda: self._planned(second))

    def confirm(self, promotion: Promotion) -> Promotion:
        return self._step("Confirming and deploying it", "promote_2", lambda: self._carried_out(promotion))

    def _step(self, words: str, name: str, work: Callable[[], T]) -> T:
        self.say(words)
        began = time.monotonic()
        result = work()
        self.seconds[name] = round(time.monotonic() - began, 2)
        self.say(f"  done in {self.seconds[name]:.1f} s")
        return result

    def _add(self) -> None:
        with self.world.database.read() as session:
            if session.scalar(sa.select(App.id).where(App.slug == SLUG)):
                return
        intake.add_app(self.world, self.actor, str(self.folder), name=SLUG)

    def _deployed(self, commit: str) -> Build:
        """One that failed when the story was told before is deployed again."""
        with self.world.database.read() as session:
            there = [b for b in builds_of(session, self.actor, SLUG, "dev") if b.commit == commit]
        alive = [build for build in there if build.state not in BUILD_ENDED or build.state == "succeeded"]
        deploy = functools.partial(intake.deploy, self.world, self.actor, SLUG, "dev", commit=commit, trigger="push")
        build = alive[0] if alive else deploy()
        stream.until(self.world, f"build:{build.id}", PATIENCE, lambda: self._build(build.id).state in BUILD_ENDED)
        ended = self._build(build.id)
        if ended.state != "succeeded":
            raise DemoFailed(f"Build {ended.number} of dev {ended.state}.", hint="seed logs shop dev shows why.")
        return ended

    def _promoted(self, build: Build) -> None:
        with self.world.database.read() as session:
            if any(p.state == "promoted" for p in promotions_of(session, self.actor, SLUG)):
                return
        self._carried_out(self._planned(build))

    def _ordered(self, build: Build) -> None:
        """Before the review that counts what would be lost; after it, what there is stays."""
        with self.world.database.read() as session:
            if any(p.source_build_id != build.id for p in promotions_of(session, self.actor, SLUG)):
                return
            account = stage_of(session, self.actor, SLUG, "prod").account
            take_orders(self.world.connect(account), self.aws)

    def _planned(self, build: Build) -> Promotion:
        """Once it was planned a person may have gone on: then the newest promotion is where they are."""
        with self.world.database.read() as session:
            there = [p for p in promotions_of(session, self.actor, SLUG) if p.state != "failed"]
        planned = any(p.source_build_id == build.id for p in there)
        asked = max(there, key=lambda p: p.id) if planned else intake.promote(self.world, self.actor, SLUG, "dev")
        return self._wait(asked.id, lambda state: state != "planning")

    def _carried_out(self, promotion: Promotion) -> Promotion:
        if promotion.state == "review":
            intake.confirm(self.world, self.actor, promotion.id, promotion.digest)
        ended = self._wait(promotion.id, lambda state: state not in {"review", "confirmed", "deploying"})
        if ended.state != "promoted":
            raise DemoFailed(f"Promotion {ended.id} is {ended.state}: {ended.reason}")
        return ended

    def _wait(self, promotion_id: int, good: Callable[[str], bool]) -> Promotion:
        topic = f"promotion:{promotion_id}"
        stream.until(self.world, topic, PATIENCE, lambda: good(self._promotion(promotion_id).state))
        found = self._promotion(promotion_id)
        if found.state == "failed" or not good(found.state):
            raise DemoFailed(f"Promotion {found.id} is {found.state}: {found.reason}")
        return found

    def _build(self, build_id: int) -> Build:
        with self.world.database.read() as session:
            return session.get_one(Build, build_id)

    def _promotion(self, promotion_id: int) -> Promotion:
        with self.world.database.read() as session:
            return load_promotion(session, promotion_id)


def change_counts(promotion: Promotion) -> dict[str, dict[str, int]]:
    """Per service, how many resources are added, modified, replaced, removed; and how many rows are routine."""
    counts: dict[str, dict[str, int]] = {}
    for plan in promotion.plans:
        rows = from_json(plan.changes).resources if plan.changes and plan.state != "unchanged" else ()
        replaced = [row for row in rows if row.action == "Modify" and row.replacement == "True"]
        counts[plan.service.name] = {
            "add": sum(row.action == "Add" for row in rows),
            "modify": sum(row.action == "Modify" for row in rows) - len(replaced),
            "replace": len(replaced),
            "remove": sum(row.action == "Remove" for row in rows),
            "routine": sum(bool(row.routine) for row in rows),
        }
    return counts
