"""The page of a stage's notifications, the mail server, and the badge."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.notify.records import MailServer, Notification, NotificationDelivery

PAGE = "/apps/shop/settings/stages/dev/notifications"
URL = "https://hooks.example.com/services/very-secret"
KEY = "a-key-of-at-least-sixteen-letters"


def rows(own: Seeded) -> list[Notification]:
    with own.world.database.read() as session:
        return list(session.scalars(sa.select(Notification).order_by(Notification.id)))


def log(own: Seeded) -> list[NotificationDelivery]:
    with own.world.database.read() as session:
        return list(session.scalars(sa.select(NotificationDelivery).order_by(NotificationDelivery.id)))


def test_a_notification_is_added_changed_tried_and_removed(own: Seeded, own_alice: TestClient) -> None:
    assert "Nobody is told yet" in own_alice.get(PAGE).text
    added = own_alice.post(PAGE, data={"kind": "webhook", "url": URL, "key": KEY, "event": ["failed", "review"]})
    assert added.headers["location"] == PAGE
    number = rows(own)[0].id

    page = own_alice.get(PAGE).text
    assert "hooks.example.com" in page
    assert "A build or plan fails, a review waits" in page
    assert "very-secret" not in page
    assert KEY not in page

    assert own_alice.post(f"{PAGE}/{number}/test").status_code == 303
    assert "A test from dev" in own_alice.get(PAGE).text
    assert own_alice.post(f"{PAGE}/log/{log(own)[0].id}").status_code == 303
    assert len(log(own)) == 2
    own_alice.post(f"{PAGE}/{number}", data={"event": ["started"], "unsigned": "yes"})
    assert (rows(own)[0].events, rows(own)[0].sealed_key) == ("started", None)
    assert own_alice.post(f"{PAGE}/{number}/remove").status_code == 303
    assert rows(own) == []


def test_a_refusal_keeps_what_was_given_but_for_the_secrets(own: Seeded, own_alice: TestClient) -> None:
    answer = own_alice.post(PAGE, data={"kind": "slack", "url": URL, "channel": "<b>no", "event": ["failed"]})

    assert answer.status_code == 422
    assert "&lt;b&gt;no" in answer.text
    assert "very-secret" not in answer.text
    assert own_alice.post(PAGE, data={"kind": "pigeon", "event": ["failed"]}).status_code == 422
    assert (
        own_alice.post(PAGE, data={"kind": "email", "recipients": "a@example.com", "event": ["failed"]}).status_code
        == 409
    )
    assert own_alice.post(f"{PAGE}/99", data={"event": ["failed"]}).status_code == 404
    assert "at least one event" in own_alice.post(PAGE, data={"kind": "slack", "url": URL}).text
    assert rows(own) == []


def test_the_mail_server_is_set_and_forgotten(own: Seeded, own_alice: TestClient) -> None:
    given = {"host": "smtp.example.com", "port": "587", "security": "starttls", "username": "seed",
             "password": "pass of mail", "sender": "seed@example.com"}  # fmt: skip
    assert "no mail server yet" in own_alice.get(PAGE).text
    assert own_alice.post("/mail", data={**given, "port": "many"}).status_code == 422
    refused = own_alice.post("/mail", data={**given, "sender": "nobody"})
    assert refused.status_code == 422
    assert "pass of mail" not in refused.text
    assert own_alice.post("/mail", data=given).headers["location"] == "/mail"
    page = own_alice.get("/mail").text
    assert "smtp.example.com:587" in page
    assert "pass of mail" not in page

    own_alice.post(PAGE, data={"kind": "email", "recipients": "bob@example.com", "event": ["failed"]})
    assert "bob@example.com" in own_alice.get(PAGE).text
    assert own_alice.post("/mail/remove").status_code == 303
    with own.world.database.read() as session:
        assert session.scalar(sa.select(MailServer)) is None


def test_the_badge_is_switched_on_shown_and_switched_off(own_alice: TestClient) -> None:
    place = "/apps/shop/settings/stages/dev/badge"
    assert own_alice.post(place, data={"on": "yes"}).headers["location"] == f"{PAGE}#badge"
    page = own_alice.get(PAGE).text
    assert "/badges/" in page
    own_alice.post(place)
    assert "/badges/" not in own_alice.get(PAGE).text


def test_the_stage_and_the_settings_lead_to_it(own_alice: TestClient) -> None:
    for path in ("/apps/shop/settings", "/apps/shop/dev"):
        assert f'href="{PAGE}"' in own_alice.get(path).text
