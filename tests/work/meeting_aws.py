"""A shop whose builds and promotions meet an AWS that fails, and servers that die on the way."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeded import empty, somebody
from tests.support.waiting import eventually
from tests.work.dying import Died

from seed.apps.records import Account, App, Service, Stage
from seed.aws.fake import FakeCloud
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.frameworks.assembly import StackSettings
from seed.packages import Package
from seed.packages.trust import Trusted
from seed.people.actor import Actor
from seed.promotions.records import Promotion
from seed.work import intake
from seed.work.logs.log import read
from seed.work.promoting.apply import apply
from seed.work.promoting.plan import plan
from seed.work.world import World

HANGS = "sleep 1000 & echo pid $!. ; wait"
STACK = "api-prod"


class Mortal(FakeCloud):
    """Dies at a call; counts what it was told to do."""

    lives: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.deleted: list[str] = []
        self.when_executing: Callable[[], None] = lambda: None
        self.when_deleted: Callable[[], None] = lambda: None

    def _maybe_fail(self) -> None:
        self.calls += 1
        if self.lives is not None:
            self.lives -= 1
            if self.lives < 0:
                raise Died
        super()._maybe_fail()

    def execute_change_set(
        self, stack_name: str, change_set: str, token: str, *, disable_rollback: bool = False
    ) -> None:
        super().execute_change_set(stack_name, change_set, token, disable_rollback=disable_rollback)
        self.when_executing()

    def delete_stack(self, name: str, token: str) -> None:
        stack = self._stacks.get(name)
        super().delete_stack(name, token)
        self.deleted.append(f"{stack.stack_id} {stack.status}" if stack else name)
        self.when_deleted()


def package(version: int = 0) -> Package:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": version + 1}}
    template = json.dumps({"Resources": {"Queue": queue, "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}})
    return Package(STACK, "eu-west-1", "bucket", template, {}, {}, (), (), "test")


class StopsAtTheFirstWait(Event):
    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002, the base's
        return True


class Shop:
    """One service, a stage that is reached by promotion, and an AWS in memory."""

    source_stack = "api-dev"
    """What the stage that is promoted from deploys."""

    def __init__(self, folder: Path, *, seconds: float = 0, spec: str = "") -> None:
        self.cloud = cloud = Mortal()
        repository = Repository(folder / "repository", ("api",))
        repository.write("seed.yml", spec)
        self.commit = repository.commit("the only one", allow_empty=True)
        server = empty(folder)
        settings = server.settings.model_copy(update={"retry_seconds": seconds})
        self.world: World = replace(server.world, connect=lambda _account: cloud, settings=settings)
        with self.world.database.write() as session:
            person = somebody(session)
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

    def confirmed(self, version: int = 0, settings: StackSettings | None = None, by: Actor | None = None) -> int:
        """A promotion that somebody has confirmed and nobody has carried out yet."""
        made = replace(package(version), settings=settings or StackSettings())
        self.world.store.put(Trusted(made, {}))
        with self.world.database.write() as session:
            build = add_build(session, self.dev.id, Commit(self.commit), [self.service], trigger="push",
                              branch="main", asked_by="seed")  # fmt: skip
            build.state = "succeeded"
            row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
            row.state, row.package_digest, row.stack_name = "succeeded", made.digest, self.source_stack
            session.add(DownstreamPackage(service_build_id=row.id, stage_id=self.prod.id, state="ready",
                                          digest=made.digest))  # fmt: skip
        asked = intake.promote(self.world, self.alice, "shop", "dev").id
        plan(self.world, asked)
        promotion = self.promotion(asked)
        assert promotion.state == "review", promotion.reason
        intake.confirm(self.world, by or self.alice, asked, promotion.digest)
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


@contextmanager
def opened(folder: Path, spec: str = "") -> Iterator[Shop]:
    made = Shop(folder, spec=spec)
    yield made
    made.world.database.close()


def while_it_hangs(run: Callable[[], object], log: Callable[[], str], ask: Callable[[], None]) -> None:
    """Ask once its command has begun: it ends, and its process with it."""
    at_work = threading.Thread(target=run)
    at_work.start()
    pid = eventually(lambda: re.search(r"^pid (\d+)\.", log(), re.MULTILINE), "the command")[1]
    assert Path(f"/proc/{pid}").exists()
    ask()
    at_work.join(60)
    assert not at_work.is_alive()
    eventually(lambda: not Path(f"/proc/{pid}").exists(), "the end of its process", 20)
