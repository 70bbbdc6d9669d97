"""From a push to production, as a webhook hears of it from a running server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.notify.listening import Receiver, receiving
from tests.story.conftest import MakeApp
from tests.support.waiting import eventually

from seed.apps.find import stage_of
from seed.notify.targets import Asked, add_notification
from seed.notify.webhook import signed

KEY = "a key of at least sixteen letters"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_a_webhook_hears_from_the_push_to_the_promotion(make_app: MakeApp, receiver: Receiver) -> None:
    app = make_app()
    with app.world.database.write() as session:
        for stage in ("dev", "prod"):
            asked = Asked("webhook", url=receiver.url, key=KEY)
            found = stage_of(session, app.seed.alice, app.slug, stage)
            add_notification(session, app.seed.alice, app.world.vault, found, asked, app.world.settings.private)

    app.deploy()
    review = app.promote()
    eventually(lambda: len(receiver.posts) == 3, "the review's message")
    app.confirm(review)
    eventually(lambda: len(receiver.posts) == 5, "the promotion's message")

    bodies = [json.loads(body) for _, _, body in receiver.posts]
    assert [one["event"] for one in bodies if one["stage_id"] == "dev"] == ["started", "succeeded"]
    review_told, started, promoted = [one for one in bodies if one["stage_id"] == "prod"]
    assert [one["status"] for one in (review_told, started, promoted)] == ["review", "deploying", "success"]
    assert review_told["summary"].startswith("api: Creates the stack api-prod")
    assert review_told["promotion_link"].endswith(f"/promotions/{review.id}")
    assert promoted["event"] == "promoted"
    assert all(headers["x-webhook-signature"] == signed(body, KEY) for _, headers, body in receiver.posts)
