"""What a stage tells, to whom, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from tests.notify.listening import Receiver
from tests.notify.telling import HERE, KEY, Telling

from seed.audit.records import AuditEvent
from seed.db.rotate import rotate_keys
from seed.errors import Invalid, NotFound
from seed.notify.targets import (
    Asked,
    NoMailServer,
    add_notification,
    change_notification,
    copy_notifications,
    remove_notification,
)
from seed.notify.webhook import signed
from seed.people.actor import SEED, Actor, NotAllowed
from seed.work.secrets import raw_secrets


def test_without_a_mail_server_there_are_no_mails(telling: Telling) -> None:
    with pytest.raises(NoMailServer):
        telling.add("email", recipients="a@example.com")


def test_secrets_are_stored_sealed_masked_and_rewrapped(telling: Telling, receiver: Receiver) -> None:
    url = f"{receiver.url}/services/T0/B0/very-secret-part"
    telling.add("webhook", url=url, key=KEY)
    telling.mail_server(25, username="u", password="the mail password")
    raw = b"".join(one.read_bytes() for one in telling.world.folders.data.glob("seed.db*"))
    assert b"very-secret-part" not in raw
    assert KEY.encode() not in raw
    assert b"the mail password" not in raw
    build = telling.build(subject=f"Post to {url}")
    telling.now_is(build, "running")
    telling.now_is(build, "failed", "failed", f"curl {url} with {KEY}")
    rotate_keys(telling.world.database, telling.world.vault, SEED)
    telling.tell()

    assert {url, KEY, "the mail password"} <= raw_secrets(telling.world)
    assert len(receiver.posts) == 2
    for _, _, body in receiver.posts:
        assert b"very-secret-part" not in body
        assert KEY.encode() not in body


def test_a_new_stage_gets_what_the_chosen_one_has(telling: Telling, receiver: Receiver) -> None:
    telling.add("webhook", url=receiver.url, key=KEY, events=("failed", "started"))
    telling.write(lambda s: copy_notifications(s, telling.stage(s, "dev"), telling.stage(s, "feature")))
    telling.now_is(telling.build("feature"), "running")
    telling.tell()

    [(_, headers, body)] = receiver.posts
    assert json.loads(body)["stage_id"] == "feature"
    assert headers["x-webhook-signature"] == signed(body, KEY)
    assert telling.notification(2).events == "started,failed"


@pytest.mark.parametrize(
    "asked",
    [
        Asked("pigeon", url="https://x.example.com"), Asked("slack"), Asked("slack", url="http://x.example.com"),
        Asked("slack", url="https://u:p@x.example.com"), Asked("slack", url="https://x.example.com", channel="#a b"),
        Asked("webhook", url="https://x.example.com", key="short"), Asked("webhook", url="file:///etc/passwd"),
        Asked("webhook", url="https://x.example.com", events=("exploded",)), Asked("webhook", url="https://[::1"),
        Asked("webhook", url="https://10.0.0.1/x"), Asked("webhook", url="https://169.254.169.254/latest"),
        Asked("slack", url="https://[::1]/x"), Asked("slack", url="https://[::ffff:10.0.0.1]/x"),
        Asked("webhook", url="https://x.example.com/" + "x" * 2000), Asked("webhook", url="https://x.example.com:99999"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(telling: Telling, asked: Asked) -> None:
    with pytest.raises(Invalid):
        telling.write(lambda s: add_notification(s, SEED, telling.world.vault, telling.stage(s, "dev"), asked, HERE))


@pytest.mark.parametrize("recipients", ["", "nobody", "a@b@example.com", "a@example.com\nBcc:x", "x" * 300, ","])
def test_a_recipient_is_an_address(telling: Telling, recipients: str) -> None:
    telling.mail_server(25)
    with pytest.raises(Invalid):
        telling.add("email", recipients=recipients)


def test_a_stored_key_does_not_go_to_where_somebody_points_next(telling: Telling, receiver: Receiver) -> None:
    number = telling.add("webhook", url=receiver.url, key=KEY)

    def change(**asked: Any) -> None:
        given = Asked("webhook", **asked)
        telling.write(lambda s: change_notification(
            s, SEED, telling.world.vault, telling.stage(s, "dev"), number, given, HERE))  # fmt: skip

    with pytest.raises(Invalid):
        change(url="https://evil.example.com")
    change(events=("failed",))
    assert telling.notification(number).events == "failed"
    change(url="https://other.example.com", key="")
    assert (telling.notification(number).target, telling.notification(number).sealed_key) == ("other.example.com", None)


def test_a_stored_mail_password_does_not_go_to_another_server(telling: Telling) -> None:
    telling.mail_server(25, username="u", password="the mail password")
    telling.mail_server(25, username="u", sender="other@example.com")
    with pytest.raises(Invalid):
        telling.mail_server(26, username="u")
    with pytest.raises(Invalid):
        telling.mail_server(25, host="smtp.example.com"), "no mail in the clear over the internet"


def test_changes_need_the_scope_admin_and_are_audited(telling: Telling) -> None:
    number = telling.add("slack", url="https://x.example.com")
    deployer = Actor(1, "x", "deploy")
    with pytest.raises(NotAllowed):
        telling.write(lambda s: remove_notification(s, deployer, telling.stage(s, "dev"), number))
    with pytest.raises(NotFound):
        telling.write(lambda s: remove_notification(s, SEED, telling.stage(s, "prod"), number))
    telling.write(lambda s: remove_notification(s, SEED, telling.stage(s, "dev"), number))

    with telling.world.database.read() as session:
        actions = session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.like("notification.%"))).all()
    assert list(actions) == ["notification.added", "notification.removed"]
