"""What happens in a stage is told once, to who wants it, and to nobody inside private networks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.notify.listening import Mailbox, Receiver
from tests.notify.telling import BAD, KEY, Heard, Telling
from tests.support.change_sets import danger, mild

from seed.builds.records import Build
from seed.db.base import now
from seed.notify.outbox import deliveries_of, forget, put_test
from seed.notify.webhook import encoded, signed
from seed.people.actor import SEED


def test_a_webhook_hears_of_a_build_from_its_start_to_its_end_signed(telling: Telling, receiver: Receiver) -> None:
    telling.add("webhook", url=f"{receiver.url}/hook?team=1", key=KEY)
    build = telling.build()
    telling.tell()
    telling.now_is(build, "running")
    telling.tell()
    telling.now_is(build, "succeeded", "succeeded")
    telling.tell()
    telling.tell()

    assert [json.loads(body)["status"] for _, _, body in receiver.posts] == ["deploying", "success"]
    for path, headers, body in receiver.posts:
        assert path == "/hook?team=1"
        assert headers["x-webhook-signature"] == signed(body, KEY)
        assert encoded(json.loads(body)) == body
    assert len({headers["x-webhook-id"] for _, headers, _ in receiver.posts}) == 2
    assert json.loads(receiver.posts[1][2])["summary"] == "3 services deployed."
    assert [(row.state, row.answer) for row in telling.log()] == [("sent", "HTTP 200: ok")] * 2


def test_a_build_that_is_over_before_anybody_looked_is_told_whole(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", url="https://x.example.com")
    build = telling.build()
    telling.now_is(build, "running")
    telling.now_is(build, "failed", "failed", "OrdersTable: it exists.")

    telling.tell(heard)

    assert heard.events == ["started 1", "failed 1"]
    assert telling.log()[1].fact["summary"].endswith("OrdersTable: it exists. (2 more failed)")


def test_what_was_before_the_notification_is_not_told(telling: Telling, heard: Heard) -> None:
    build = telling.build()
    telling.now_is(build, "running")
    telling.add("webhook", url="https://x.example.com")
    telling.tell(heard)
    telling.now_is(build, "succeeded")
    telling.tell(heard)

    assert heard.events == ["succeeded 1"]


def test_each_hears_what_it_wants_and_of_its_stage_alone(telling: Telling, heard: Heard) -> None:
    all_of, failures = telling.add("slack", url="https://x.example.com"), telling.add(
        "slack", url="https://x.example.com", events=("failed",))  # fmt: skip
    telling.add("slack", "prod", url="https://x.example.com")
    build = telling.build()
    telling.now_is(build, "running")
    telling.now_is(build, "failed")

    telling.tell(heard)

    assert sorted(heard.events) == [f"failed {all_of}", f"failed {failures}", f"started {all_of}"]


def test_a_review_that_waits_is_told_with_its_sentence_and_its_link(telling: Telling, receiver: Receiver) -> None:
    telling.add("slack", "prod", url=receiver.url)
    promotion = telling.promotion(changes=danger())

    telling.tell()

    [(_, _, body)] = receiver.posts
    said = json.loads(body)["blocks"][0]["text"]["text"]
    assert "users: Replaces the table OrdersTable" in said
    assert f"https://seed.example.com/promotions/{promotion}|Read the review" in said


def test_a_review_that_is_over_when_the_other_side_is_back_is_not_told(telling: Telling, heard: Heard) -> None:
    telling.add("slack", "prod", url="https://x.example.com")
    promotion = telling.promotion()
    heard.failure = BAD
    telling.tell(heard)
    telling.move(promotion, "rejected")
    heard.failure = None
    telling.later(minutes=1)
    telling.tell(heard)

    assert heard.events == []
    assert [(row.state, row.answer) for row in telling.log()] == [("dropped", "It does not wait any more: rejected.")]


def test_a_promotion_that_confirms_itself_asks_nobody_for_a_review(telling: Telling, heard: Heard) -> None:
    telling.add("slack", "prod", url="https://x.example.com", events=("review",))
    through, waits = telling.promotion(asked_by="seed"), telling.promotion(asked_by="seed")
    telling.tell(heard)
    assert heard.events == [], "it may go on by itself"
    telling.move(through, "promoted")
    telling.later(seconds=15)
    telling.tell(heard)

    assert [row.fact["promotion_id"] for row in telling.log()] == [waits]


@pytest.mark.parametrize(
    ("events", "told"),
    [((), ["started 1", "promoted 1"]), (("succeeded",), ["succeeded 1"]), (("promoted",), ["promoted 1"])],
)
def test_a_promotion_is_told_once_however_it_is_asked_for(
    telling: Telling, heard: Heard, events: tuple[str, ...], told: list[str]
) -> None:
    telling.add("webhook", "prod", url="https://x.example.com", events=events)
    promotion, build = telling.promotion("deploying"), telling.build("prod")
    telling.write(lambda s: s.execute(sa.update(Build).where(Build.id == build).values(promotion_id=promotion)))
    telling.now_is(build, "running")
    telling.now_is(build, "succeeded")
    telling.move(promotion, "promoted", target_build_id=build)

    telling.tell(heard)

    assert heard.events == told


def test_a_promotion_that_cannot_be_planned_has_failed(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", "prod", url="https://x.example.com", events=("failed",))
    promotion = telling.promotion("planning", mild())
    telling.move(promotion, "failed", failure={"sentence": "The role cannot be assumed."})

    telling.tell(heard)

    assert heard.events == ["failed 1"]
    assert telling.log()[0].fact["summary"] == "The role cannot be assumed."


def test_a_test_message_can_be_asked_for(telling: Telling, receiver: Receiver) -> None:
    number = telling.add("slack", url=receiver.url, events=("failed",), channel="#ops")
    telling.write(lambda s: put_test(s, SEED, telling.stage(s, "dev"), number, "https://seed.example.com"))
    telling.tell()

    assert json.loads(receiver.posts[0][2])["text"] == "shop: A test from dev: seed has asked for it."
    assert json.loads(receiver.posts[0][2])["channel"] == "#ops"


def test_a_mail_goes_to_all_its_recipients(telling: Telling, mailbox: Mailbox) -> None:
    telling.mail_server(mailbox.port, username="seed", password="right password")
    telling.add("email", recipients="a@example.com b@example.com,a@example.com")
    build = telling.build()
    telling.now_is(build, "running")
    telling.now_is(build, "failed", "failed", "It broke.")
    telling.tell()

    assert mailbox.signed_in == [("seed", "right password")] * 2
    assert mailbox.envelopes == [("seed@example.com", ["a@example.com", "b@example.com"])] * 2
    number = telling.log()[1].fact["build"]
    assert mailbox.messages[1]["Subject"] == f"[shop/dev] Build {number} of dev failed"
    assert "It broke." in mailbox.messages[1].get_content()


def test_the_log_goes_with_its_stage_and_is_kept_for_a_month(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", "feature", url="https://x.example.com")
    telling.now_is(telling.build("feature"), "running")
    telling.tell(heard)
    with telling.world.database.read() as session:
        assert len(deliveries_of(session, SEED, telling.stage(session, "feature"), 10)) == 1
    telling.write(lambda s: forget(s, now() + timedelta(days=29)))
    assert len(telling.log()) == 1
    telling.write(lambda s: s.delete(telling.stage(s, "feature")))
    assert telling.log() == []


def test_no_private_address_without_the_operators_word(telling: Telling, receiver: Receiver) -> None:
    """Allowed when it was set, and not any more: the address is looked at each time."""
    telling.add("webhook", url=receiver.url)
    telling.add("webhook", url=receiver.url.replace("http", "https").replace("127.0.0.1", "localhost"))
    telling.now_is(telling.build(), "running")
    settings = telling.world.settings.model_copy(update={"private_hosts": ""})
    telling.world = replace(telling.world, settings=settings)

    telling.tell()

    assert receiver.posts == []
    assert [row.state for row in telling.log()] == ["failed", "failed"]
    assert all("private network" in row.answer for row in telling.log())
