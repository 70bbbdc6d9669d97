"""What AWS may be like while a build deploys: a clear end each, nothing executed twice or locked, and the next one works."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.clock import Hands
from tests.work.meeting_aws import Mortal, Shop

from seed.apps.records import Stage, StageLock
from seed.aws.errors import AwsSaid, CredentialsExpired, CredentialsMissing, NetworkLost, Throttled, WrongAccount
from seed.aws.pace import NEAR, Pace
from seed.aws.values import ChangeSetRequest, Identity, StackEvent
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.changesets import from_json
from seed.errors import SeedError
from seed.removals.records import Removal, RemovedStack
from seed.work.build import build
from seed.work.logs.log import read
from seed.work.packaging.packagers import Packagers
from seed.work.removing.remove import remove
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

    def connected(self) -> Moody:
        self._meet("connect")
        return self

    def identity(self) -> Identity:
        self._meet("package")
        return super().identity()

    def create_change_set(self, request: ChangeSetRequest) -> str:
        self._meet("plan")
        return super().create_change_set(request)

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


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builds]:
    made = Builds(tmp_path_factory.mktemp("builds"))
    assert made.built(made.ask()).state == "succeeded"
    yield made
    made.world.database.close()


Happens = Callable[[Builds], None]


def at(place: str, kind: type[SeedError]) -> Happens:
    return lambda builds: builds.cloud.at.update({place: kind(AWAY, hint="Look at it.")})


def in_state(status: str) -> Happens:
    return lambda builds: builds.cloud.put_in_state(STACK, status)


@pytest.mark.parametrize(
    ("happens", "code", "told"),
    [
        pytest.param(at("connect", WrongAccount), "wrong-account", AWAY, id="another account"),
        pytest.param(at("connect", CredentialsMissing), "credentials-missing", AWAY, id="no credentials"),
        pytest.param(at("package", CredentialsExpired), "credentials-expired", AWAY, id="expired while it packages"),
        pytest.param(at("plan", CredentialsExpired), "credentials-expired", AWAY, id="expired while it plans"),
        pytest.param(at("plan", Throttled), "throttled", AWAY, id="throttled while it plans"),
        pytest.param(at("plan", NetworkLost), "network-lost", AWAY, id="lost while it plans"),
        pytest.param(at("execute", CredentialsExpired), "credentials-expired", AWAY, id="expired when it executes"),
        pytest.param(in_state("UPDATE_IN_PROGRESS"), "stack-being-updated", "by somebody else", id="busy"),
        pytest.param(in_state("UPDATE_ROLLBACK_FAILED"), "stack-not-updatable", "ROLLBACK_FAILED", id="stuck"),
        pytest.param(in_state("ROLLBACK_COMPLETE"), "stack-not-updatable", "ROLLBACK_COMPLETE", id="once well"),
    ],
)
def test_a_build_ends_says_why_and_executes_nothing(builds: Builds, happens: Happens, code: str, told: str) -> None:
    executed, deleted = list(builds.cloud.executed), list(builds.cloud.deleted)
    asked = builds.ask()

    happens(builds)
    row = builds.built(asked)

    assert (row.state, (row.failure or {})["code"], told in row.reason) == ("failed", code, True), row.reason
    assert (row.failure or {})["hint"]
    assert (builds.cloud.executed, builds.cloud.deleted) == (executed, deleted)
    builds.cloud.put_in_state(STACK, "UPDATE_COMPLETE")
    assert builds.built(builds.ask()).state == "succeeded"


def test_a_build_leaves_the_stack_of_another_stage_alone(builds: Builds) -> None:
    executed, asked = list(builds.cloud.executed), builds.ask()
    with builds.world.database.write() as session:
        mine = sa.update(ServiceBuild).where(ServiceBuild.state == "succeeded", ServiceBuild.stack_name == STACK)
        session.execute(mine.values(stage_id=builds.prod.id))
        session.execute(sa.update(Build).where(Build.state == "succeeded").values(stage_id=builds.prod.id))

    row = builds.built(asked)

    assert ((row.failure or {})["code"], builds.cloud.executed) == ("stack-taken", executed)
    with builds.world.database.write() as session:
        session.execute(mine.values(stage_id=builds.dev.id))
        session.execute(sa.update(Build).where(Build.state == "succeeded").values(stage_id=builds.dev.id))


def test_what_passes_while_it_follows_is_waited_out(builds: Builds) -> None:
    executed = len(builds.cloud.executed)
    builds.cloud.following = iter([Throttled(AWAY), NetworkLost(AWAY), CredentialsExpired(AWAY), Throttled(AWAY)])

    row = builds.built(builds.ask())

    assert row.state == "succeeded", row.reason
    assert next(builds.cloud.following, None) is None
    assert len(builds.cloud.executed) == executed + 1


@pytest.mark.parametrize("kind", [NetworkLost, Throttled])
def test_what_does_not_pass_while_it_follows_is_told_and_the_stack_goes_on(
    builds: Builds, kind: type[SeedError]
) -> None:
    executed = len(builds.cloud.executed)
    builds.cloud.following = itertools.repeat(kind(AWAY))

    row = builds.built(builds.ask())

    assert (row.state, (row.failure or {})["code"]) == ("failed", kind.code)
    assert "CloudFormation goes on by itself" in (row.failure or {})["hint"]
    builds.cloud.following = iter(())
    assert builds.built(builds.ask()).state == "succeeded"
    assert len(builds.cloud.executed) == executed + 2


def test_a_stack_policy_that_changes_alone_is_set_without_a_deployment(builds: Builds) -> None:
    assert builds.built(builds.ask()).state == "succeeded"
    executed = list(builds.cloud.executed)

    for effect in ("Allow", "Deny"):
        builds.framework.policy = ({"Effect": effect, "Action": "Update:*", "Principal": "*", "Resource": "*"},)
        row = builds.built(builds.ask())

        assert (row.state, row.method) == ("succeeded", "settings"), row.reason
        assert [one.rule for one in from_json(row.changes).findings] == ["stack-policy"]
        assert json.loads(builds.cloud.stack_policy(STACK))["Statement"][0]["Effect"] == effect
        assert builds.built(builds.ask()).state == "unchanged"
    assert builds.cloud.executed == executed
    builds.framework.policy = ()


def test_a_full_disk_under_its_log_fails_no_build_and_the_server_tells(
    builds: Builds, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = builds.ask()
    with builds.world.database.read() as session:
        row_id = session.scalars(sa.select(ServiceBuild.id).where(ServiceBuild.build_id == asked)).one()
    log = builds.world.folders.log(row_id)
    log.symlink_to("/dev/full")

    row = builds.built(asked)

    assert row.state == "succeeded", row.reason
    assert "No space left on device" in capsys.readouterr().out
    next_row = builds.built(builds.ask())
    assert read(builds.world.folders.log(next_row.id))


def test_what_a_post_deploy_command_fails_with_is_looked_up(builds: Builds) -> None:
    with builds.world.database.write() as session:
        stage = session.get_one(Stage, builds.dev.id)
        stage.post_deploy = "echo 'AccessDenied'; echo 'Error: Rate exceeded' >&2; exit 1"

    row = builds.built(builds.ask())

    with builds.world.database.write() as session:
        session.get_one(Stage, builds.dev.id).post_deploy = ""
        run = session.get_one(Build, row.build_id)
        assert (run.state, row.state, (run.known or {})["slug"]) == ("failed", "succeeded", "rate-exceeded"), run.reason


def test_what_a_removal_fails_with_is_looked_up(builds: Builds) -> None:
    said = "AWS answered to DeleteStack: Export shop-dev-Table cannot be deleted as it is in use by web-dev"
    with builds.world.database.write() as session:
        removal = Removal(app_id=builds.app.id, app="shop", stage="dev", asked_by="Alice")
        session.add(removal)
        session.flush()
        session.add(RemovedStack(removal_id=removal.id, account_id=builds.account.id, stage="dev", service="api", phase=1,
                                 stack_name=STACK))  # fmt: skip
    builds.cloud.at["delete"] = AwsSaid(said)

    remove(builds.world, removal.id)

    with builds.world.database.read() as session:
        [stack] = session.get_one(Removal, removal.id).stacks
        assert (stack.state, (stack.known or {})["slug"]) == ("failed", "export-in-use"), stack.reason
