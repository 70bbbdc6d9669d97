"""What could not be told is told again: through outages, refusals and restarts, under the same id, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.notify.listening import Receiver
from tests.notify.telling import BAD, Heard, Telling

from seed.db.base import now
from seed.errors import NotFound
from seed.notify.errors import NotTold
from seed.notify.outbox import resend
from seed.notify.records import Notification, NotificationDelivery
from seed.people.actor import SEED, Actor, NotAllowed
from seed.work.telling.notifications import put_out, send_due


def test_an_outage_loses_nothing_and_is_asked_less_and_less_often(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", url="https://x.example.com")
    build = telling.build()
    telling.now_is(build, "running")
    heard.failure = BAD
    waits = []
    for _ in range(6):
        assert telling.tell(heard) == 1
        assert telling.tell(heard) == 0, "it rests"
        until = telling.notification(1).paused_until
        assert until is not None
        waits.append(round((until - telling.at).total_seconds()))
        telling.at = until
    telling.now_is(build, "succeeded")
    heard.failure = None
    telling.tell(heard)

    assert waits == [5, 10, 20, 40, 80, 160]
    assert heard.events == ["started 1", "succeeded 1"], "in their order"
    assert [row.attempts for row in telling.log()] == [7, 1]
    assert telling.notification(1).problem == ""


def test_after_a_day_it_is_given_up(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", url="https://x.example.com")
    telling.now_is(telling.build(), "running")
    heard.failure = BAD
    telling.tell(heard)
    telling.later(days=1, minutes=1)
    send_due(telling.world, telling.clock, heard)

    assert [row.state for row in telling.log()] == ["failed"]
    assert telling.notification(1).problem.startswith("The address does not answer.")


def test_a_pause_that_is_asked_for_is_kept(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", url="https://x.example.com")
    telling.now_is(telling.build(), "running")
    heard.failure = NotTold("HTTP 429", until=telling.at + timedelta(minutes=30))
    telling.tell(heard)
    telling.later(minutes=29)

    assert telling.tell(heard) == 0
    telling.later(minutes=2)
    assert telling.tell(heard) == 1


def test_a_refusal_ends_one_message_and_not_the_next(telling: Telling, receiver: Receiver) -> None:
    telling.add("slack", url=receiver.url)
    build = telling.build()
    telling.now_is(build, "running")
    telling.now_is(build, "succeeded")
    receiver.answers = [(404, {}, b"no_team")]

    telling.tell()

    assert [(row.state, row.attempts) for row in telling.log()] == [("failed", 1), ("sent", 1)]
    assert telling.log()[0].answer == "HTTP 404: no_team. Is the address still the right one?"


def test_killed_after_sending_it_is_sent_again_under_the_same_id(telling: Telling, receiver: Receiver) -> None:
    telling.add("webhook", url=receiver.url)
    telling.now_is(telling.build(), "running")
    telling.tell()
    telling.write(lambda s: s.execute(sa.update(NotificationDelivery).values(state="waiting")))
    telling.tell()

    assert len({headers["x-webhook-id"] for _, headers, _ in receiver.posts}) == 1
    assert len(receiver.posts) == 2


def test_an_event_is_in_the_outbox_once_also_after_a_restart(telling: Telling) -> None:
    telling.add("webhook", url="https://x.example.com")
    telling.now_is(telling.build(), "running")
    assert put_out(telling.world, telling.clock) == 1
    telling.write(lambda s: s.execute(sa.update(Notification).values(told_until=now() - timedelta(days=1))))
    assert put_out(telling.world, telling.clock) == 0


def test_one_that_is_away_keeps_nobody_from_hearing(telling: Telling, receiver: Receiver) -> None:
    telling.add("webhook", url="http://127.0.0.1:1/nobody")
    telling.add("webhook", url=receiver.url)
    telling.now_is(telling.build(), "running")

    telling.tell()

    assert len(receiver.posts) == 1
    assert sorted(row.state for row in telling.log()) == ["sent", "waiting"]


def test_a_delivery_is_sent_again_when_asked_for(telling: Telling, receiver: Receiver) -> None:
    telling.add("webhook", url=receiver.url)
    telling.now_is(telling.build(), "running")
    telling.tell()
    first = telling.log()[0]
    telling.write(lambda s: resend(s, SEED, telling.stage(s, "dev"), first.id))
    telling.tell()

    assert [body for _, _, body in receiver.posts] == [receiver.posts[0][2]] * 2
    assert [row.state for row in telling.log()] == ["sent", "sent"]
    with pytest.raises(NotFound):
        telling.write(lambda s: resend(s, SEED, telling.stage(s, "prod"), first.id))
    with pytest.raises(NotAllowed):
        telling.write(lambda s: resend(s, Actor(1, "x", "read"), telling.stage(s, "dev"), first.id))


def test_our_own_mistake_is_tried_again_and_told_as_one(telling: Telling, heard: Heard) -> None:
    telling.add("webhook", url="https://x.example.com")
    telling.now_is(telling.build(), "running")
    heard.failure = ZeroDivisionError("of ours")
    telling.tell(heard)

    assert telling.log()[0].state == "waiting"
    assert "of ours" not in telling.log()[0].answer
