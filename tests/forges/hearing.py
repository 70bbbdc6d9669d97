"""What a forge sends to Seed, and what became of it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.apps.records import App
from seed.builds.records import Build
from seed.connections.records import HeardEvent
from seed.db.base import now
from seed.forges.signatures import sign
from seed.work.world import World


class Github:
    """Sends what GitHub would."""

    def __init__(self, web: TestClient, secret: str) -> None:
        self.web, self.secret = web, secret

    def send(self, name: str, body: dict[str, Any], delivery: str = "", signature: str = "") -> Any:
        raw = json.dumps(body).encode()
        headers = {
            "X-GitHub-Event": name,
            "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
            "X-Hub-Signature-256": signature or sign(self.secret, raw),
            "Content-Type": "application/json",
        }
        return self.web.post("/hooks/shop/github", content=raw, headers=headers)

    def push(self, commit: str, branch: str = "main", **headers: str) -> Any:
        body = {"ref": f"refs/heads/{branch}", "before": "0" * 40, "after": commit, "created": False}
        return self.send("push", body, **headers)


def heard(world: World) -> list[HeardEvent]:
    with world.database.read() as session:
        return list(session.scalars(sa.select(HeardEvent).order_by(HeardEvent.id)))


def builds(shop: Seeded) -> list[Build]:
    with shop.world.database.read() as session:
        query = sa.select(Build).where(Build.id.in_([i for kind, i in shop.world.engine.jobs if kind == "build"]))
        return list(session.scalars(query.order_by(Build.id)))


def later(shop: Seeded) -> None:
    """What waits to be tried again is due."""
    shop.write(lambda session: session.execute(sa.update(HeardEvent).values(due_at=now())))


def wait_for_checks(shop: Seeded, names: str = "") -> None:
    values = {"wait_for_checks": True, "required_checks": names}
    shop.write(lambda session: session.execute(sa.update(App).values(**values)))


def status(commit: str, state: str, context: str) -> dict[str, Any]:
    return {"sha": commit, "state": state, "context": context, "branches": [{"name": "main"}],
            "at": str(uuid.uuid4())}  # fmt: skip
