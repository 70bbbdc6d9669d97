"""A shop whose events are told, with a clock that goes when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.change_sets import mild
from tests.support.seeded import Seeded

from seed.apps.records import App, Service, Stage
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, ServiceBuild
from seed.changesets import ChangeSet, to_json
from seed.db.base import now
from seed.notify.errors import NotTold
from seed.notify.mail_server import AskedServer, set_mail_server
from seed.notify.records import Notification, NotificationDelivery
from seed.notify.targets import Asked, add_notification
from seed.people.actor import SEED
from seed.promotions.records import Promotion, ServicePlan
from seed.work.telling.notifications import put_out, send_due

SHA = "a" * 40
HERE = frozenset({"127.0.0.1"})
KEY = "a key of at least sixteen letters"
Deliver = Callable[[Any, NotificationDelivery], str]

BAD = NotTold("The address does not answer.")


class Telling:
    def __init__(self, shop: Seeded) -> None:
        self.shop = shop
        settings = shop.world.settings.model_copy(
            update={"private_hosts": "127.0.0.1", "public_url": "https://seed.example.com"}
        )
        self.world = replace(shop.world, settings=settings)
        self.at = now()

    def clock(self) -> datetime:
        return self.at

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)

    def write(self, change: Callable[[Session], Any]) -> Any:
        return self.shop.write(change)

    def stage(self, session: Session, name: str) -> Stage:
        return session.scalars(sa.select(Stage).where(Stage.name == name)).one()

    def add(self, kind: str, stage: str = "dev", **asked: Any) -> int:
        def make(session: Session) -> int:
            row = add_notification(
                session, SEED, self.world.vault, self.stage(session, stage), Asked(kind, **asked), HERE
            )
            return row.id

        return int(self.write(make))

    def mail_server(self, port: int, **more: Any) -> None:
        asked = AskedServer(
            **{"host": "127.0.0.1", "port": port, "security": "none", "sender": "seed@example.com", **more}
        )
        self.write(lambda session: set_mail_server(session, SEED, self.world.vault, asked, HERE))

    def build(self, stage: str = "dev", subject: str = "Sort orders") -> int:
        def make(session: Session) -> int:
            app = session.scalars(sa.select(App)).one()
            made = add_build(
                session, self.stage(session, stage).id, Commit(SHA, subject), list(app.services), trigger="push",
                branch="main", asked_by="Alice",
            )  # fmt: skip
            return made.id

        return int(self.write(make))

    def now_is(self, build: int, state: str, services: str = "", reason: str = "") -> None:
        def change(session: Session) -> None:
            row = session.get_one(Build, build)
            row.state, row.reason = state, reason
            if state == "running":
                row.started_at = now()
            elif state != "queued":
                row.ended_at = now()
            if services:
                values = {"state": services, "reason": reason}
                session.execute(sa.update(ServiceBuild).where(ServiceBuild.build_id == build).values(**values))

        self.write(change)

    def promotion(self, state: str = "review", changes: ChangeSet | None = None, **more: Any) -> int:
        """From the working build of staging to prod; of the service users alone."""

        def make(session: Session) -> int:
            source = session.scalars(
                sa.select(Build).where(Build.stage_id == self.stage(session, "staging").id)
            ).first()
            assert source is not None
            one = Promotion(
                app_id=source.app_id, state=state, source_build_id=source.id,
                target_stage_id=self.stage(session, "prod").id, planned_at=now(), **{"asked_by": "Alice", **more},
            )  # fmt: skip
            session.add(one)
            session.flush()
            service = session.scalars(sa.select(Service).where(Service.name == "users")).one()
            made = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == source.id)).first()
            assert made is not None
            session.add(ServicePlan(promotion_id=one.id, service_id=service.id, source_service_build_id=made.id,
                                    state="ready", changes=to_json(changes or mild())))  # fmt: skip
            return one.id

        return int(self.write(make))

    def move(self, promotion: int, state: str, **more: Any) -> None:
        values = {"state": state, "ended_at": now(), **more}
        self.write(lambda s: s.execute(sa.update(Promotion).where(Promotion.id == promotion).values(**values)))

    def tell(self, deliver: Deliver | None = None) -> int:
        """One look and one round of sending."""
        self.at = max(self.at, now())
        put_out(self.world, self.clock)
        return send_due(self.world, self.clock, deliver)

    def log(self) -> list[NotificationDelivery]:
        with self.world.database.read() as session:
            return list(session.scalars(sa.select(NotificationDelivery).order_by(NotificationDelivery.id)))

    def notification(self, number: int) -> Notification:
        with self.world.database.read() as session:
            return session.get_one(Notification, number)


class Heard:
    """A fake other side. `failure` is raised instead of hearing."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.failure: Exception | None = None

    def __call__(self, _world: Any, row: NotificationDelivery) -> str:
        if self.failure:
            raise self.failure
        self.events.append(f"{row.event} {row.notification_id}")
        return "ok"
