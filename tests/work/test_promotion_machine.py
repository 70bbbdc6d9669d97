"""Promotions across phases, as a machine: whoever asks, confirms, rejects and interferes in whatever order, and
wherever a job is killed, what runs in production is what somebody confirmed, once, in order.

The jobs are the real ones, on the real database; AWS is the fake, which counts what it executed and dies on demand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.machines import emptied, world_of
from tests.support.seeded import NoWork, somebody
from tests.work.promoting import Died, MortalCloud, package

from seed.apps.edit_stage import set_kind
from seed.apps.records import Account, App, Service, Stage, StageLock
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import ENDED as BUILD_ENDED
from seed.db.base import now
from seed.errors import SeedError
from seed.packages.trust import Trusted
from seed.people.actor import Actor
from seed.promotions.confirm import AlreadyDecided
from seed.promotions.covered import PREVIEW
from seed.promotions.leads_there import leads_there
from seed.promotions.records import Confirmation, Promotion, ServicePlan
from seed.promotions.reject import reject
from seed.promotions.states import ENDED
from seed.work import intake
from seed.work.promoting.apply import apply
from seed.work.promoting.discard import discard
from seed.work.promoting.plan import plan, promotion_digest

HANDLERS = {"plan": plan, "apply": apply, "discard": discard}
PHASES = {"users": 1, "mails": 1, "orders": 2, "web": 3}
VERSIONS = st.integers(0, 3)


class Promotions(RuleBasedStateMachine):
    @initialize(less=st.sampled_from(["orders", "", "web"]), lives=st.one_of(st.none(), st.integers(0, 80)))
    def begin(self, less: str, lives: int | None) -> None:
        cloud = self.cloud = MortalCloud()
        world = emptied(world_of("promotions"))
        at_once = world.settings.model_copy(update={"retry_seconds": 0})
        self.world = replace(world, connect=lambda _account: cloud, settings=at_once)
        self.ended: dict[int, str] = {}
        with self.world.database.write() as session:
            person = somebody(session)
            self.alice = Actor(person.id, "Alice", "admin")
            account = Account(name="a", kind="keys", region="eu-west-1")
            session.add(account)
            session.flush()
            secret = self.world.vault.seal("s", "app/shop/webhook")
            app = App(slug="shop", name="shop", repository="/none", branch="main", sealed_webhook_secret=secret)
            session.add(app)
            session.flush()
            rows = [Service(app_id=app.id, name=n, path=n, config="serverless.yml", phase=p) for n, p in PHASES.items()]
            self.dev = Stage(
                app_id=app.id, account_id=account.id, name="dev", kind="development", branch="main", position=1
            )
            self.prod = Stage(app_id=app.id, account_id=account.id, name="prod", kind="production", position=2)
            self.pre = Stage(app_id=app.id, account_id=account.id, name="pre", kind="development", position=3)
            session.add_all([*rows, self.dev, self.prod, self.pre])
        self.services = {row.name: row.id for row in rows}
        self.a_build_of_dev_succeeds(dict.fromkeys(PHASES, 0))
        self.somebody_promotes()
        self.a_round(None, less, lives)

    @rule(versions=st.fixed_dictionaries(dict.fromkeys(PHASES, VERSIONS)))
    def a_build_of_dev_succeeds(self, versions: dict[str, int]) -> None:
        with self.world.database.write() as session:
            stage = session.get_one(Stage, self.dev.id)
            build = Build(app_id=stage.app_id, stage_id=stage.id, number=stage.next_number, state="succeeded",
                          trigger="push", commit=f"{stage.next_number:040d}", asked_by="seed", ended_at=now())  # fmt: skip
            stage.next_number += 1
            session.add(build)
            session.flush()
            for name, version in versions.items():
                made = package(name, version)
                self.world.store.put(Trusted(made, {}))
                row = ServiceBuild(build_id=build.id, stage_id=stage.id, service_id=self.services[name],
                                   state="succeeded", package_digest=made.digest)  # fmt: skip
                session.add(row)
                session.flush()
                session.add(
                    DownstreamPackage(service_build_id=row.id, stage_id=self.prod.id, state="ready", digest=made.digest)
                )

    @rule()
    def somebody_promotes(self) -> None:
        self._ask(lambda: intake.promote(self.world, self.alice, "shop", "dev", to="prod"))

    @rule(kind=st.sampled_from(["staging", "staging", "development"]))
    def stages_change_kind(self, kind: str) -> None:
        """With a staging stage, dev's builds do not go to production any more."""
        with self.world.database.write() as session:
            set_kind(session, self.world.engine, self.alice, session.get_one(Stage, self.pre.id), kind)

    @precondition(lambda self: self._promotions("promoted"))
    @rule(number=st.integers(1, 3))
    def somebody_rolls_back(self, number: int) -> None:
        self._ask(lambda: intake.roll_back(self.world, self.alice, "shop", "prod", number))

    @precondition(lambda self: self._promotions("review"))
    @rule(pick=st.randoms(use_true_random=False), wrong=st.sampled_from([False, False, False, True]))
    def somebody_confirms(self, pick: Any, wrong: bool) -> None:
        one = pick.choice(self._promotions("review"))
        digest = "sha256:" + "0" * 64 if wrong else one.digest
        self._ask(lambda: intake.confirm(self.world, self.alice, one.id, digest))

    @precondition(lambda self: self._promotions("review"))
    @rule(pick=st.randoms(use_true_random=False))
    def somebody_rejects(self, pick: Any) -> None:
        one = pick.choice(self._promotions("review"))
        with self.world.database.write() as session:
            reject(session, self.world.engine, self.alice, one, "no")

    @precondition(lambda self: self._promotions("confirmed", "deploying"))
    @rule(pick=st.randoms(use_true_random=False))
    def somebody_takes_back(self, pick: Any) -> None:
        """Until it has begun."""
        one = pick.choice(self._promotions("confirmed", "deploying"))
        try:
            with self.world.database.write() as session:
                waits = session.get_one(Build, one.target_build_id).state == "queued"
                reject(session, self.world.engine, self.alice, one, "no")
            assert waits
        except AlreadyDecided:
            assert not waits

    @rule(
        versions=st.one_of(st.none(), st.fixed_dictionaries(dict.fromkeys(PHASES, VERSIONS))),
        less=st.sampled_from(["orders", "", "web"]),
        lives=st.one_of(st.none(), st.integers(0, 80)),
    )
    def a_round(self, versions: dict[str, int] | None, less: str, lives: int | None) -> None:
        """From a build to a confirmation, whose job may be killed; the review may have shown `less` than will be."""
        if versions is not None:
            self.a_build_of_dev_succeeds(versions)
            self.somebody_promotes()
        self.everything_runs()
        self._show_less(less)
        waiting = self._promotions("review")
        if waiting:
            self._ask(lambda: intake.confirm(self.world, self.alice, waiting[-1].id, waiting[-1].digest))
        for index, (kind, _) in enumerate(self.jobs):
            if kind == "apply":
                self._run(index, lives)
                break

    @rule(what=st.sampled_from(["stack", "failure", "conflict"]), name=st.sampled_from(sorted(PHASES)))
    def the_world_interferes(self, what: str, name: str) -> None:
        """Somebody changes a stack; CloudFormation will fail, by chance or for good."""
        if what == "conflict":
            self.cloud.fail_reasons = ["Another Deployment is in progress for rest api with id a1"] * len(name)
        stack = self.cloud._stacks.get(f"{name}-prod")
        if what == "stack" and stack is not None and stack.template:
            stack.template, stack.updated = stack.template.replace('"Kept"', '"Keep"'), now()
        if what == "failure" and stack is not None and stack.template:
            self.cloud.fail_resource = "Queue"

    @precondition(lambda self: self.jobs)
    @rule(pick=st.randoms(use_true_random=False), lives=st.one_of(st.none(), st.integers(0, 60)))
    def a_job_runs_and_may_be_killed(self, pick: Any, lives: int | None) -> None:
        self._run(pick.randrange(len(self.jobs)), lives)

    @rule()
    def everything_runs(self) -> None:
        for _ in range(50):
            if self.jobs:
                self._run(0, None)

    @invariant()
    def no_change_set_runs_twice(self) -> None:
        if hasattr(self, "cloud"):
            assert max(Counter(self.cloud.executed).values(), default=0) <= 1

    @invariant()
    def one_build_at_a_time_holds_production(self) -> None:
        if hasattr(self, "world"):
            with self.world.database.read() as session:
                locks = session.scalars(sa.select(StageLock.build_id)).all()
                running = session.scalars(sa.select(Build.id).where(Build.state == "running")).all()
            assert len(locks) <= 1
            assert set(running) <= set(locks)

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        if hasattr(self, "world"):
            for one in self._promotions(*ENDED):
                assert self.ended.setdefault(one.id, one.state) == one.state

    @invariant()
    def whatever_was_executed_somebody_confirmed(self) -> None:
        if hasattr(self, "world"):
            with self.world.database.read() as session:
                for row in session.scalars(sa.select(ServiceBuild).where(ServiceBuild.change_set_arn != "")):
                    if row.change_set_arn in self.cloud.executed:
                        promotion = session.get_one(Promotion, row.build.promotion_id)
                        confirmed = session.scalars(
                            sa.select(Confirmation).where(Confirmation.promotion_id == promotion.id)
                        ).one()
                        assert confirmed.digest == promotion.digest
                known = set(session.scalars(sa.select(ServiceBuild.change_set_arn)))
                for tried in session.scalars(sa.select(ServiceBuild.attempts)):
                    known |= {one["change_set_arn"] for one in tried or []}
            assert set(self.cloud.executed) <= known

    @invariant()
    def nothing_of_a_rejected_one_was_executed(self) -> None:
        if hasattr(self, "world"):
            with self.world.database.read() as session:
                for one in self._promotions("rejected"):
                    plans = sa.select(ServicePlan.change_set_arn).where(ServicePlan.promotion_id == one.id)
                    assert not set(session.scalars(plans)) & set(self.cloud.executed)

    @invariant()
    def what_is_open_may_go_there(self) -> None:
        if hasattr(self, "world"):
            with self.world.database.read() as session:
                for one in session.scalars(sa.select(Promotion).where(Promotion.state.in_(("planning", "review")))):
                    assert leads_there(session, one)

    @invariant()
    def a_later_phase_begins_when_the_earlier_ones_went_well(self) -> None:
        if hasattr(self, "world"):
            with self.world.database.read() as session:
                for build in session.scalars(sa.select(Build).where(Build.promotion_id.is_not(None))):
                    self._in_order(build)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for _ in range(500):
            if not self.jobs:
                break
            self._run(0, None)
        with self.world.database.read() as session:
            states = set(session.scalars(sa.select(Promotion.state)))
            builds = set(session.scalars(sa.select(Build.state)))
            locks = session.scalars(sa.select(StageLock.stage_id)).all()
            plans = {row.id for row in session.scalars(sa.select(ServicePlan))}
        assert states <= ENDED | {"review"}
        assert builds <= BUILD_ENDED
        assert not locks
        assert plans or not states
        self._what_was_promoted_runs()
        if "review" not in states:
            assert {one.status for one in self.cloud._stacks.values()} & {"REVIEW_IN_PROGRESS"} == set(), "a husk"

    def _what_was_promoted_runs(self) -> None:
        """Every service build that succeeded ended with its own change set executed."""
        with self.world.database.read() as session:
            good = session.scalars(
                sa.select(ServiceBuild).where(ServiceBuild.stage_id == self.prod.id, ServiceBuild.state == "succeeded")
            ).all()
        assert {row.change_set_arn for row in good} <= set(self.cloud.executed)

    def _in_order(self, build: Build) -> None:
        done = {"succeeded", "unchanged"}
        rows = sorted(build.services, key=lambda row: row.phase, reverse=build.trigger == "rollback")
        for at, row in enumerate(rows):
            if row.state in {"deploying", "succeeded"}:
                assert all(r.state in done for r in rows[:at] if r.phase != row.phase)

    def _show_less(self, name: str) -> None:
        with self.world.database.write() as session:
            for one in session.scalars(sa.select(Promotion).where(Promotion.state == "review")):
                plans = list(session.scalars(sa.select(ServicePlan).where(ServicePlan.promotion_id == one.id)))
                for row in plans:
                    if row.method == PREVIEW and row.service.name == name and row.changes:
                        row.changes = {**row.changes, "resources": row.changes["resources"][1:]}
                one.digest = promotion_digest(one, plans)

    @property
    def jobs(self) -> list[tuple[Any, int]]:
        if not hasattr(self, "world"):
            return []
        engine = self.world.engine
        assert isinstance(engine, NoWork)
        return engine.jobs

    def _run(self, index: int, lives: int | None) -> None:
        """A job that dies is there again; one that has ended is gone."""
        kind, run_id = self.jobs[index]
        self.cloud.lives = lives
        try:
            HANDLERS[kind](self.world, run_id)
        except Died:
            return
        finally:
            self.cloud.lives = None
        self.jobs.remove((kind, run_id))

    def _ask(self, asked: Any) -> None:
        try:
            asked()
        except SeedError:
            return

    def _promotions(self, *states: str) -> list[Promotion]:
        if not hasattr(self, "world"):
            return []
        with self.world.database.read() as session:
            return list(session.scalars(sa.select(Promotion).where(Promotion.state.in_(states)).order_by(Promotion.id)))


TestPromotions = Promotions.TestCase
TestPromotions.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
