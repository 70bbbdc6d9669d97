"""A development stage that is built, on an AWS with moods."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from tests.support.clock import Hands
from tests.work.meeting_aws import Mortal, Shop

from seed.apps.records import StageLock
from seed.aws.pace import NEAR, Pace
from seed.aws.values import ChangeSetRequest, Identity, StackEvent
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.errors import SeedError
from seed.work.build import build
from seed.work.packaging.packagers import Packagers
from seed.work.runner import Command, Executor, Exit, LocalRunner, Stands

STACK = "api-dev"
AWAY = "AWS does not answer as it should."


class OneFramework:
    """Implements `Runner`. The first package is the framework's own; each later one is that with another number, or,
    while `policy` is set, with the same number and this stack policy.
    """

    policy: tuple[dict[str, object], ...] = ()
    number = 0

    def __init__(self, folder: Path) -> None:
        self._real, self._kept = LocalRunner(folder / "runs", "none"), folder / "kept"

    def describe(self) -> Executor:
        return Executor("a test", sandboxed=False, stands=False)

    def stand(self, command: Command) -> Stands:
        raise NotImplementedError(command.argv)

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        if "--package" not in command.argv:
            return self._real.run(command, on_line, cancelled)
        out = Path(command.argv[command.argv.index("--package") + 1])
        if not self._kept.is_dir():
            assert self._real.run(command, on_line, cancelled).ok
            shutil.copytree(out, self._kept)
        shutil.copytree(self._kept, out, dirs_exist_ok=True)
        template = out / "cloudformation-template-update-stack.json"
        made = json.loads(template.read_text())
        self.number += not self.policy
        made["Resources"]["Things"]["Properties"]["Tags"] = [{"Key": "number", "Value": str(self.number)}]
        template.write_text(json.dumps(made))
        state = out / "serverless-state.json"
        written = json.loads(state.read_text())
        written["service"]["provider"]["stackPolicy"] = list(self.policy)
        state.write_text(json.dumps(written))
        return Exit("exited", 0, 0.0)


class Moody(Mortal):
    """Fails at the call that a test names; `following` is what its looks at a running update meet, one each."""

    def __init__(self) -> None:
        super().__init__()
        self.pace = Pace(NEAR, Hands().clock)
        self.at: dict[str, SeedError] = {}
        self.following: Iterator[SeedError] = iter(())
        self.when_planned: Callable[[], None] = lambda: None

    def connected(self) -> Moody:
        self._meet("connect")
        return self

    def identity(self) -> Identity:
        self._meet("package")
        return super().identity()

    def create_change_set(self, request: ChangeSetRequest) -> str:
        self._meet("plan")
        made = super().create_change_set(request)
        self.when_planned()
        return made

    def execute_change_set(
        self, stack_name: str, change_set: str, token: str, *, disable_rollback: bool = False
    ) -> None:
        self._meet("execute")
        super().execute_change_set(stack_name, change_set, token, disable_rollback=disable_rollback)

    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        if self._stacks[stack_name].status == "UPDATE_IN_PROGRESS" and (error := next(self.following, None)):
            raise error
        return super().events(stack_name, after)

    def delete_stack(self, name: str, token: str) -> None:
        self._meet("delete")
        super().delete_stack(name, token)

    def _meet(self, place: str) -> None:
        if place in self.at:
            raise self.at.pop(place)


class Builds(Shop):
    """Whose development stage is built, on an AWS with moods."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cloud = cloud = Moody()
        self.framework = runner = OneFramework(folder)
        self.world = replace(
            self.world,
            connect=lambda _account: cloud.connected(),
            runner=runner,
            packagers=Packagers(runner, self.world.folders.work, _never, lambda _command: False, ready=0, each=1),
        )

    def ask(self) -> int:
        with self.world.database.write() as session:
            asked = add_build(session, self.dev.id, Commit(self.commit), [self.service], trigger="manual",
                              branch="main", asked_by="Alice")  # fmt: skip
            asked.forced = True
            return asked.id

    def built(self, build_id: int) -> ServiceBuild:
        build(self.world, build_id)
        with self.world.database.read() as session:
            assert session.get_one(Build, build_id).state in ENDED
            assert session.scalars(sa.select(StageLock)).all() == []
            return session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build_id)).one()


def _never(folder: Path) -> Command:
    raise NotImplementedError(folder)
