"""Notifications by API and command line: everything can be set, and no secret comes back."""

from __future__ import annotations

from starlette.testclient import TestClient

PLACE = "/apps/shop/stages/dev/notifications"
SECRET = "https://hooks.example.com/services/T0/very-secret"
KEY = "a-key-of-at-least-sixteen-letters"


def test_a_notification_from_its_making_to_its_end(alice: TestClient, reader: TestClient) -> None:
    made = alice.post(PLACE, json={"kind": "webhook", "url": SECRET, "key": KEY, "events": ["failed", "review"]})
    assert made.status_code == 201
    number = made.json()["id"]
    assert made.json() == {
        "id": number, "kind": "webhook", "events": ["failed", "review"], "target": "hooks.example.com", "channel": "",
        "signed": True, "problem": "", "paused_until": None,
    }  # fmt: skip

    changed = alice.patch(f"{PLACE}/{number}", json={"events": ["started"], "key": ""})
    assert (changed.json()["events"], changed.json()["signed"]) == (["started"], False)
    sent = alice.post(f"{PLACE}/{number}/test")
    assert (sent.status_code, sent.json()["state"], sent.json()["title"]) == (202, "waiting", "A test from dev")
    again = alice.post(f"{PLACE}/log/{sent.json()['id']}/resend").json()
    log = reader.get(f"{PLACE}/log")
    assert [one["id"] for one in log.json()] == [again["id"], sent.json()["id"]]
    listed = reader.get(PLACE)
    for answer in (made, changed, sent, log, listed):
        assert "very-secret" not in answer.text
        assert KEY not in answer.text

    assert reader.delete(f"{PLACE}/{number}").status_code == 403
    assert alice.delete(f"{PLACE}/{number}").status_code == 204
    assert reader.get(PLACE).json() == []
    assert alice.post(f"{PLACE}/{number}/test").status_code == 404


def test_mail_needs_a_server_whose_password_never_comes_back(alice: TestClient, reader: TestClient) -> None:
    email = {"kind": "email", "recipients": "bob@example.com"}
    alice.delete("/mail")
    assert alice.post(PLACE, json=email).json()["error"]["code"] == "no-mail-server"
    server = {"host": "smtp.example.com", "sender": "seed@example.com", "username": "seed", "password": "pass of mail"}
    assert reader.put("/mail", json=server).status_code == 403
    assert "pass of mail" not in alice.put("/mail", json=server).text
    assert reader.get("/mail").json() == {"host": "smtp.example.com", "sender": "seed@example.com", "port": 587,
                                          "security": "starttls", "username": "seed"}  # fmt: skip
    made = alice.post(PLACE, json=email)
    assert made.json()["target"] == "bob@example.com"
    alice.delete(f"{PLACE}/{made.json()['id']}")
    assert alice.delete("/mail").status_code == 204
    assert reader.get("/mail").status_code == 404


def test_a_badge_is_switched(alice: TestClient, reader: TestClient) -> None:
    place = "/apps/shop/stages/dev/badge"
    assert reader.get(place).json() == {"url": ""}
    assert reader.put(place, json={"on": True}).status_code == 403
    url = alice.put(place, json={"on": True}).json()["url"]
    assert url.endswith(".svg")
    assert reader.get(place).json() == {"url": url}
    assert alice.put(place, json={"on": False}).json() == {"url": ""}
