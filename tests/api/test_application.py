"""The application as a whole."""

from __future__ import annotations

import gc
import weakref

from starlette.testclient import TestClient
from tests.support.seeded import Seeded
from tests.support.waiting import eventually

from seed.server import application


def test_an_application_that_nobody_holds_is_gone(shop: Seeded) -> None:
    """What the framework keeps of its endpoints for ever holds on to none."""
    app = application(shop.server)
    client = TestClient(app, base_url="http://127.0.0.1")
    for path in ("/healthz", "/metrics", "/api/v1/openapi.json", "/api/v1/apps", "/"):
        client.get(path)
    left = weakref.ref(app)
    del app, client

    def gone() -> bool:
        gc.collect()
        return left() is None

    eventually(gone, "the end of an application that a thread of a request may hold for a moment")


def test_a_load_balancer_may_ask_for_the_head_alone(shop: Seeded) -> None:
    client = TestClient(application(shop.server), base_url="http://127.0.0.1")

    assert [client.request(method, "/healthz").status_code for method in ("GET", "HEAD")] == [200, 200]
