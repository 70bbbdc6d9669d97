"""What AWS may be like while a build deploys: a clear end each, nothing executed twice or locked, and the next one works."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.moody import AWAY, STACK, Builds

from seed.apps.records import Stage
from seed.aws.errors import AwsSaid, CredentialsExpired, CredentialsMissing, NetworkLost, Throttled, WrongAccount
from seed.builds.cancel import cancel
from seed.builds.records import Build, ServiceBuild
from seed.changesets import from_json
from seed.errors import SeedError
from seed.removals.records import Removal, RemovedStack
from seed.work.logs.log import read
from seed.work.removing.remove import remove


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


def test_what_was_planned_and_is_not_executed_is_removed(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    asked = builds.ask()

    def somebody_cancels() -> None:
        with builds.world.database.write() as session:
            cancel(session, builds.alice, session.get_one(Build, asked))

    builds.cloud.when_planned = somebody_cancels
    row = builds.built(asked)

    assert (row.state, row.change_set_arn != "", builds.cloud.executed) == ("cancelled", True, [])
    assert builds.cloud.stack(STACK) is None
    builds.world.database.close()


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
