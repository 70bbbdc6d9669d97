"""Deployments that fail by chance are tried again, once each, wherever they are killed; others are left alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeded import empty

from seed.apps.records import Account, App, Service, Stage
from seed.audit.records import AuditEvent
from seed.aws.errors import Throttled
from seed.aws.fake import FakeCloud
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.errors import Stopping
from seed.frameworks.assembly import StackSettings
from seed.packages import Package
from seed.packages.trust import Trusted
from seed.people.actor import Actor
from seed.people.sign_in import add_person
from seed.promotions.records import Promotion
from seed.removals.records import Removal, RemovedStack
from seed.work import intake
from seed.work.apply import apply
from seed.work.logs import read
from seed.work.plan import plan
from seed.work.remove import remove
from seed.work.world import World

STACK = "api-prod"
CONFLICT = "Another Deployment is in progress for rest api with id a1 (Service: AmazonApiGateway; Status Code: 409)"
FOR_GOOD = "api-prod-table already exists"


class Died(BaseException):
    """The process is gone: no handler hears of it."""


class Mortal(FakeCloud):
    """Dies at a call; counts what it was told to do."""

    lives: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.deleted: list[str] = []

    def _maybe_fail(self) -> None:
        self.calls += 1
        if self.lives is not None:
            self.lives -= 1
            if self.lives < 0:
                raise Died
        super()._maybe_fail()

    def delete_stack(self, name: str, token: str) -> None:
        stack = self._stacks.get(name)
        super().delete_stack(name, token)
        self.deleted.append(f"{stack.stack_id} {stack.status}" if stack else name)


def package(version: int = 0) -> Package:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": version + 1}}
    template = json.dumps({"Resources": {"Queue": queue, "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}})
    return Package(STACK, "eu-west-1", "bucket", template, {}, {}, (), (), "test")


class StopsAtTheFirstWait(Event):
    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002, the base's
        return True


class Shop:
    """One service, a stage that is reached by promotion, and an AWS in memory."""

    def __init__(self, folder: Path, *, seconds: float = 0) -> None:
        self.cloud = cloud = Mortal()
        repository = Repository(folder / "repository", ("api",))
        self.commit = repository.commit("the only one", allow_empty=True)
        server = empty(folder)
        settings = server.settings.model_copy(update={"retry_seconds": seconds})
        self.world: World = replace(server.world, connect=lambda _account: cloud, settings=settings)
        with self.world.database.write() as session:
            person = add_person(session, "alice@example.com", "Alice", "correct horse battery")
            self.alice = Actor(person.id, "Alice", "admin")
            account = Account(name="a", kind="keys", region="eu-west-1")
            session.add(account)
            session.flush()
            secret = self.world.vault.seal("s", "app/shop/webhook")
            app = App(slug="shop", name="shop", repository=str(repository.folder), branch="main",
                      sealed_webhook_secret=secret)  # fmt: skip
            session.add(app)
            session.flush()
            service = Service(app_id=app.id, name="api", path="api", config="serverless.yml")
            dev = Stage(app_id=app.id, account_id=account.id, name="dev", kind="development", branch="main", position=1)
            prod = Stage(app_id=app.id, account_id=account.id, name="prod", kind="production", position=2)
            session.add_all([service, dev, prod])
        self.app, self.service, self.dev, self.prod, self.account = app, service, dev, prod, account

    def confirmed(self, version: int = 0, settings: StackSettings | None = None) -> int:
        """A promotion that somebody has confirmed and nobody has carried out yet."""
        made = replace(package(version), settings=settings or StackSettings())
        self.world.store.put(Trusted(made, {}))
        with self.world.database.write() as session:
            build = add_build(session, self.dev.id, Commit(self.commit), [self.service], trigger="push",
                              branch="main", asked_by="seed")  # fmt: skip
            build.state = "succeeded"
            row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
            row.state, row.package_digest = "succeeded", made.digest
            session.add(DownstreamPackage(service_build_id=row.id, stage_id=self.prod.id, state="ready",
                                          digest=made.digest))  # fmt: skip
        asked = intake.promote(self.world, self.alice, "shop", "dev").id
        plan(self.world, asked)
        promotion = self.promotion(asked)
        assert promotion.state == "review", promotion.reason
        intake.confirm(self.world, self.alice, asked, promotion.digest)
        return asked

    def carried_out(self, promotion_id: int, lives: int | None = None) -> Promotion:
        """Killed after so many calls to AWS, then begun again."""
        self.cloud.lives = lives
        try:
            apply(self.world, promotion_id)
        except Died:
            self.cloud.lives = None
            apply(self.world, promotion_id)
        self.cloud.lives = None
        return self.promotion(promotion_id)

    def promotion(self, promotion_id: int) -> Promotion:
        with self.world.database.read() as session:
            return session.get_one(Promotion, promotion_id)

    def row(self) -> ServiceBuild:
        """The last one of production."""
        with self.world.database.read() as session:
            query = sa.select(ServiceBuild).join(Build, Build.id == ServiceBuild.build_id)
            return session.scalars(
                query.where(Build.promotion_id.is_not(None)).order_by(ServiceBuild.id.desc())
            ).first()  # type: ignore[return-value]

    def log(self) -> str:
        return "\n".join(line.text for line in read(self.world.folders.log(self.row().id), 0, 10_000))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def test_a_first_deployment_that_failed_by_chance_is_removed_and_made_again(shop: Shop) -> None:
    shop.cloud.fail_reasons = [CONFLICT]
    done = shop.carried_out(shop.confirmed())

    row = shop.row()
    assert (done.state, row.state) == ("promoted", "succeeded")
    [attempt] = row.attempts or []
    assert (attempt["number"], attempt["status"], attempt["remove"]) == (1, "ROLLBACK_COMPLETE", True)
    assert CONFLICT in attempt["reason"]
    assert len(shop.cloud.deleted) == 1
    assert attempt["change_set_arn"] != row.change_set_arn
    assert "✗ Attempt 1: Queue (AWS::SQS::Queue): Another Deployment" in shop.log()
    with shop.world.database.read() as session:
        assert session.scalar(sa.select(AuditEvent.subject).where(AuditEvent.action == "stack.removed")) == STACK


def test_an_update_that_failed_by_chance_is_made_again_and_its_stack_never_removed(shop: Shop) -> None:
    assert shop.carried_out(shop.confirmed()).state == "promoted"
    shop.cloud.fail_reasons = [CONFLICT, CONFLICT, CONFLICT]

    assert shop.carried_out(shop.confirmed(1)).state == "promoted"
    assert [one["remove"] for one in shop.row().attempts or []] == [False] * 3
    assert shop.cloud.deleted == []
    assert '"VisibilityTimeout": 2' in (shop.cloud.template(STACK) or "")


def test_after_three_retries_it_stays_failed(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    shop.cloud.fail_reasons = [CONFLICT] * 4

    done = shop.carried_out(shop.confirmed(1))
    assert done.state == "failed"
    assert len(shop.row().attempts or []) == 3
    assert len(shop.cloud.executed) == 5


def test_what_fails_for_good_is_not_tried_again(shop: Shop) -> None:
    shop.cloud.fail_reasons = [FOR_GOOD]

    assert shop.carried_out(shop.confirmed()).state == "failed"
    assert shop.row().attempts is None
    assert len(shop.cloud.executed) == 1


def test_what_a_failed_first_deployment_left_goes_before_the_next_is_planned(shop: Shop) -> None:
    shop.cloud.fail_reasons = [FOR_GOOD]
    shop.carried_out(shop.confirmed())
    assert shop.cloud.deleted == []

    assert shop.carried_out(shop.confirmed(1)).state == "promoted"
    [deleted] = shop.cloud.deleted
    assert deleted.endswith("ROLLBACK_COMPLETE")


def test_a_stack_that_once_succeeded_is_never_removed(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    shop.cloud.put_in_state(STACK, "ROLLBACK_COMPLETE")  # CloudFormation would not; nothing is left to chance

    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE and cannot be updated"):
        shop.confirmed(1)
    assert shop.cloud.deleted == []


def test_what_nobody_has_confirmed_is_not_executed_by_another_attempt(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    asked = shop.confirmed(1)
    shop.cloud.fail_reasons = [CONFLICT]
    shop.cloud.lives = None
    stack = shop.cloud._stacks[STACK]
    changed = stack.template.replace('"Topic"', '"Other"')
    run = shop.cloud._run
    shop.cloud._run = lambda *given: (run(*given), setattr(stack, "template", changed))  # type: ignore[method-assign, assignment]

    done = shop.carried_out(asked)
    assert done.state == "failed"
    assert "nobody has confirmed" in (done.reason or "")
    assert len(shop.cloud.executed) == 2


@pytest.mark.parametrize(
    "first", [pytest.param(True, id="first deployment"), pytest.param(False, id="update", marks=pytest.mark.campaign)]
)
def test_killed_at_any_call_it_goes_on_and_deploys_nothing_twice(shop: Shop, first: bool) -> None:
    shop.carried_out(shop.confirmed())
    for lives in range(1000):
        if first:
            shop.cloud.delete_stack(STACK, "")
        asked = shop.confirmed(lives + 1)
        executed, deleted, calls = len(shop.cloud.executed), len(shop.cloud.deleted), shop.cloud.calls
        shop.cloud.fail_reasons = [CONFLICT, CONFLICT]
        done = shop.carried_out(asked, lives)
        assert done.state == "promoted", (lives, done.reason)
        assert len(shop.cloud.executed) - executed == 3
        assert max(Counter(shop.cloud.executed).values()) == 1
        assert len(shop.cloud.deleted) - deleted == (2 if first else 0)
        if shop.cloud.calls - calls <= lives:
            assert lives > 20
            return  # it was not killed any more
    pytest.fail("it is killed for ever")


def test_a_server_that_stops_while_it_waits_goes_on_with_the_same_attempt(tmp_path: Path) -> None:
    shop = Shop(tmp_path, seconds=600)
    shop.cloud.fail_reasons = [CONFLICT]
    asked = shop.confirmed()

    with pytest.raises(Stopping):
        apply(replace(shop.world, stopping=StopsAtTheFirstWait()), asked)
    row = shop.row()
    assert (row.state, len(row.attempts or []), row.last_event) == ("deploying", 1, "")

    with shop.world.database.write() as session:
        waiting = session.get_one(ServiceBuild, row.id)
        waiting.attempts = [{**(row.attempts or [{}])[0], "again_at": datetime.now(UTC).isoformat()}]
    assert shop.carried_out(asked).state == "promoted"
    assert len(shop.row().attempts or []) == 1


@pytest.mark.parametrize(("times", "state"), [(3, "removed"), (4, "failed")])
def test_a_removal_that_aws_throttles_is_tried_again_three_times(shop: Shop, times: int, state: str) -> None:
    shop.carried_out(shop.confirmed())
    with shop.world.database.write() as session:
        removal = Removal(app_id=shop.app.id, app="shop", stage="prod", asked_by="Alice")
        session.add(removal)
        session.flush()
        stack = RemovedStack(removal_id=removal.id, account_id=shop.account.id, stage="prod", service="api", phase=1,
                             stack_name=STACK)  # fmt: skip
        session.add(stack)
    real = shop.cloud.delete_stack
    failures = [Throttled("AWS asks to slow down.")] * times

    def throttled(name: str, token: str) -> None:
        if failures:
            raise failures.pop()
        real(name, token)

    shop.cloud.delete_stack = throttled  # type: ignore[method-assign]
    remove(shop.world, removal.id)

    with shop.world.database.read() as session:
        row = session.get_one(RemovedStack, stack.id)
        assert len(row.attempts or []) == 3
        assert session.get_one(Removal, removal.id).state == state
