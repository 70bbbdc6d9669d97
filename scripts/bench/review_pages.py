"""How long the server takes for the page of a review, in CPU of one request, and how much it sends."""

from __future__ import annotations

import gc
import statistics
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.support.change_sets import many
from tests.support.seeded import seeded

from scripts.bench.report import say
from seed.changesets import to_json
from seed.promotions.records import Promotion, ServicePlan
from seed.server import application

ROUNDS = 25


def review_pages(folder: Path) -> None:
    made = seeded(folder)
    client = TestClient(application(made.server), base_url="http://127.0.0.1", cookies={"seed_session": made.key()})
    say("\nThe page of a review, one request, CPU (target: under 100 ms for 500 resources)")
    gc.collect()
    gc.freeze()  # as the server does once it has started
    for number in (60, 500, 2000):

        def fill(session: Session, number: int = number) -> int:
            plan = session.scalars(sa.select(ServicePlan).where(ServicePlan.stack_name == "orders-prod")).all()[-1]
            plan.changes = to_json(many(number), contexts=True)
            return int(session.get_one(Promotion, plan.promotion_id).id)

        promotion = made.write(fill)
        page, row = f"/promotions/{promotion}", f"/promotions/{promotion}/changes?row=service-1--Resource0"
        whole, size = _cpu(client, page)
        one, _ = _cpu(client, row)
        say(f"{number:6} resources: {whole:6.1f} ms, {size // 1024:5} KB; opening a row: {one:5.1f} ms")
    made.close()


def _cpu(client: TestClient, path: str) -> tuple[float, int]:
    """Median milliseconds, and bytes."""
    times, size = [], 0
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = client.get(path)
        times.append(time.process_time() - began)
        assert answer.is_success, answer.status_code  # noqa: S101, what is measured must work
        size = len(answer.content)
    return statistics.median(times) * 1000, size
