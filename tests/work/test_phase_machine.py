"""Phases of a build, as a machine: services that do well, fail or are killed with the whole process at any point,
run again as often as it takes. Order is kept, and nothing stays open."""

from __future__ import annotations

import threading

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.machines import stage_with, world_of
from tests.work.dying import Died

from seed.apps.records import StageLock
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED, GOOD
from seed.errors import SeedError
from seed.work import rows
from seed.work.run_phases import run_phases

PHASES = st.lists(st.integers(1, 4), min_size=1, max_size=6)


class Phases(RuleBasedStateMachine):
    @initialize(phases=PHASES, failing=st.sets(st.integers(0, 5), max_size=2), back=st.booleans())
    def begin(self, phases: list[int], failing: set[int], back: bool) -> None:
        self.world = world_of("phases")
        self.back, self.lives = back, 0
        self.deployed: list[int] = []
        self.guard = threading.Lock()
        with self.world.database.write() as session:
            stage, services = stage_with(session, *(f"s{n}" for n in range(len(phases))))
            build = Build(
                app_id=stage.app_id, stage_id=stage.id, number=1, trigger="push", commit="0" * 40, asked_by="seed"
            )
            session.add(build)
            session.flush()
            made = [
                ServiceBuild(build_id=build.id, stage_id=stage.id, service_id=service.id, phase=phase)
                for service, phase in zip(services, phases, strict=True)
            ]
            session.add_all(made)
            session.flush()
            self.failing = {row.id for number, row in enumerate(made) if number in failing}
            self.build_id = build.id

    @precondition(lambda self: not self._over())
    @rule(lives=st.integers(0, 12))
    def it_runs_until_it_is_killed(self, lives: int) -> None:
        self._run(lives)

    @rule()
    def it_runs_to_its_end(self) -> None:
        self._run(1000)
        assert self._over()

    @invariant()
    def a_phase_begins_when_those_before_went_well(self) -> None:
        if not hasattr(self, "world"):
            return
        ordered = sorted(self._rows(), key=lambda row: row.phase, reverse=self.back)
        for at, row in enumerate(ordered):
            before = [one.state for one in ordered[:at] if one.phase != row.phase]
            if row.state in {"deploying", "succeeded", "failed"}:
                assert set(before) <= GOOD
            if row.state == "skipped":
                assert "failed" in before

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        if not self._over():
            self._run(1000)
        states = {row.id: row.state for row in self._rows()}
        assert set(states.values()) <= ENDED
        assert set(self.deployed) == {key for key, state in states.items() if state == "succeeded"}
        with self.world.database.read() as session:
            build = session.get_one(Build, self.build_id)
            assert build.state == ("failed" if "failed" in states.values() else "succeeded")
            assert session.scalar(sa.select(sa.func.count(StageLock.stage_id))) == 0

    def _run(self, lives: int) -> None:
        """As the job does: begin, what has not ended phase by phase, end."""
        self.lives = lives
        try:
            if rows.begin(self.world, self.build_id) is None:
                return
            todo = [row for row in self._rows() if row.state not in ENDED]
            run_phases(self.world, self.build_id, todo, self._deploy, back=self.back)
            self._breathe()
            rows.end(self.world, self.build_id)
        except Died:
            return

    def _deploy(self, row: ServiceBuild) -> None:
        """What is executed is executed once, as a change set is; the process may go before or after it is told."""
        self._breathe()
        rows.move_service(self.world, row.id, "deploy")
        self._breathe()
        if row.id in self.failing:
            rows.fail_service(self.world, row.id, SeedError("told to fail"))
            return
        with self.guard:
            if row.id not in self.deployed:
                self.deployed.append(row.id)
        self._breathe()
        rows.move_service(self.world, row.id, "succeed")

    def _breathe(self) -> None:
        with self.guard:
            self.lives -= 1
            if self.lives < 0:
                raise Died

    def _rows(self) -> list[ServiceBuild]:
        with self.world.database.read() as session:
            query = sa.select(ServiceBuild).where(ServiceBuild.build_id == self.build_id).order_by(ServiceBuild.id)
            return list(session.scalars(query))

    def _over(self) -> bool:
        if not hasattr(self, "world"):
            return False
        with self.world.database.read() as session:
            return session.get_one(Build, self.build_id).state in ENDED


TestPhases = Phases.TestCase
TestPhases.settings = settings(
    max_examples=25, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)
