"""A stage's queue, as a machine: pushes, cancels, ends and kills in any order.

One build works, one waits at most, a newer one replaces the one that waits, order is kept and nothing is lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.machines import stage_with, world_of
from tests.support.seeded import NoWork

from seed.apps.records import Service, Stage, StageLock
from seed.builds.cancel import cancel
from seed.builds.deploy import Commit, deploy
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.people.actor import Actor
from seed.work import rows

ALICE = Actor(1, "Alice", "admin")


class Queue(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.world = world_of("queue")
        with self.world.database.write() as session:
            stage, _services = stage_with(session, "api")
            self.app_id, self.stage_id = stage.app_id, stage.id
        assert isinstance(self.world.engine, NoWork)
        self.jobs = self.world.engine.jobs
        self.taken = len(self.jobs)
        self.at_work: int | None = None
        self.asked: list[int] = []
        self.begun: list[int] = []
        self.cancelled: set[int] = set()

    @rule()
    def somebody_pushes(self) -> None:
        with self.world.database.write() as session:
            stage = session.get_one(Stage, self.stage_id)
            services = session.scalars(sa.select(Service).where(Service.app_id == self.app_id)).all()
            commit = Commit("a" * 40, "subject", "author")
            self.asked.append(deploy(session, self.world.engine, ALICE, stage, commit, services, trigger="push").id)

    @precondition(lambda self: self.at_work is None and self._mine())
    @rule()
    def the_engine_starts_the_next(self) -> None:
        """Within a stage one after another, by number."""
        job = self._mine()[0]
        if rows.begin(self.world, job) is None:
            self._done(job)
            return
        self.at_work = job
        self.begun.append(job)

    @precondition(lambda self: self.at_work is not None)
    @rule()
    def the_server_is_killed_and_starts_it_again(self) -> None:
        assert self.at_work is not None
        assert rows.begin(self.world, self.at_work) is not None, "it goes on where it was"

    @precondition(lambda self: self.at_work is not None)
    @rule(well=st.booleans())
    def it_ends(self, well: bool) -> None:
        assert self.at_work is not None
        state = "cancelled" if rows.cancel_asked(self.world, self.at_work) else "succeeded" if well else "failed"
        with self.world.database.write() as session:
            at = ServiceBuild.build_id == self.at_work
            session.execute(sa.update(ServiceBuild).where(at).values(state=state))
        rows.end(self.world, self.at_work)
        self._done(self.at_work)
        self.at_work = None

    @precondition(lambda self: any(one.state not in ENDED for one in self._builds()))
    @rule(data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from([one.id for one in self._builds() if one.state not in ENDED]))
        with self.world.database.write() as session:
            cancel(session, ALICE, session.get_one(Build, chosen))
        self.cancelled.add(chosen)

    @invariant()
    def one_works_and_one_waits_at_most(self) -> None:
        if not hasattr(self, "world"):
            return
        builds = self._builds()
        working = [one.id for one in builds if one.state == "running"]
        waiting = [one.id for one in builds if one.state == "queued"]
        assert working == ([] if self.at_work is None else [self.at_work])
        assert len(waiting) <= 1
        assert waiting in ([], self.asked[-1:]), "the newest is the one that waits"
        assert self.begun == sorted(set(self.begun)), "in order, none twice"
        with self.world.database.read() as session:
            held = session.get(StageLock, self.stage_id)
        assert (held.build_id if held else None) == self.at_work

    @invariant()
    def what_was_left_out_says_by_which(self) -> None:
        if not hasattr(self, "world"):
            return
        numbers = {one.number for one in self._builds()}
        for one in self._builds():
            if one.state == "skipped":
                by = int(one.reason.removeprefix("superseded by build "))
                assert by in numbers
                assert by == one.number + 1

    def teardown(self) -> None:
        """Left to itself, everything ends, and the newest was built unless somebody cancelled it."""
        if not hasattr(self, "world"):
            return
        while self.at_work is not None or self._mine():
            if self.at_work is not None:
                self.it_ends(well=True)
            else:
                self.the_engine_starts_the_next()
        builds = self._builds()
        assert [one.id for one in builds] == self.asked
        assert all(one.state in ENDED for one in builds)
        if builds and builds[-1].id not in self.cancelled:
            assert builds[-1].state in {"succeeded", "failed"}

    def _builds(self) -> list[Build]:
        with self.world.database.read() as session:
            query = sa.select(Build).where(Build.stage_id == self.stage_id).order_by(Build.number)
            return list(session.scalars(query))

    def _mine(self) -> list[int]:
        return [run_id for kind, run_id in self.jobs[self.taken :] if kind == "build" and run_id in self.asked]

    def _done(self, job: int) -> None:
        self.jobs.remove(("build", job))


TestQueue = Queue.TestCase
TestQueue.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
