"""What each event says, in each of the three ways."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from tests.notify.facts import FACT, URL
from tests.support.change_sets import HOSTILE, danger, hostile, mild, routine

from seed.changesets import ChangeSet
from seed.notify.facts import EVENTS, Fact, from_json, shortened, to_json, wanted
from seed.notify.happened import summary_of
from seed.notify.mail import email_of
from seed.notify.slack import slack_body
from seed.notify.webhook import encoded, signed, webhook_body

PROMOTION = replace(FACT, stage="prod", promotion_id=5, promotion_link=f"{URL}/promotions/5")
PLANNED = replace(PROMOTION, event="review", build=0, build_id=0, build_link="")


@pytest.mark.parametrize(
    ("fact", "title", "link", "status"),
    [
        (FACT, "Build 12 of dev has started", FACT.build_link, "deploying"),
        (replace(FACT, event="succeeded"), "Build 12 of dev works", FACT.build_link, "success"),
        (replace(FACT, event="failed"), "Build 12 of dev failed", FACT.build_link, "failure"),
        (replace(FACT, event="cancelled"), "Build 12 of dev was cancelled", FACT.build_link, "cancelled"),
        (PLANNED, "Promotion 5 to prod waits for a review", f"{URL}/promotions/5", "review"),
        (replace(PROMOTION, event="promoted"), "Promotion 5 runs in prod", f"{URL}/promotions/5", "success"),
        (replace(PROMOTION, event="promoted", promotion_kind="rollback"), "Rollback 5 runs in prod", f"{URL}/promotions/5", "success"),
        (replace(PLANNED, event="failed"), "Promotion 5 to prod could not be planned", f"{URL}/promotions/5", "failure"),
        (replace(FACT, event="test", build_link="", build=0), "A test from dev", f"{URL}/apps/shop/dev", "test"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_event(fact: Fact, title: str, link: str, status: str) -> None:
    assert (fact.title, fact.link, webhook_body(fact)["status"]) == (title, link, status)
    text = json.dumps(slack_body(fact))
    assert title in text
    assert link in text
    mail = email_of(fact, "seed@example.com", ["bob@example.com"], "u1")
    assert mail["Subject"] == f"[shop/{fact.stage}] {title}"
    assert link in mail.get_content()
    assert from_json(json.loads(json.dumps(to_json(fact)))) == fact


def test_a_webhook_is_told_the_documented_body() -> None:
    assert webhook_body(FACT) == {
        "status": "deploying", "event": "started", "app_id": "shop", "app_link": f"{URL}/apps/shop",
        "stage_id": "dev", "stage_link": f"{URL}/apps/shop/dev", "build_id": 12,
        "build_link": f"{URL}/apps/shop/dev/builds/12", "ts": 1767323045, "summary": "A sentence.",
        "commit": "a1b2c3d4e5",
    }  # fmt: skip
    planned = webhook_body(PLANNED)
    assert (planned["build_id"], planned["promotion_id"]) == (None, 5)
    assert planned["promotion_link"] == f"{URL}/promotions/5"


def test_a_signature_is_a_json_web_signature_over_the_body() -> None:
    """Checked with nothing but what RFC 7515 says."""
    body = encoded(webhook_body(FACT))

    header, payload, signature = signed(body, "a key").split(".")

    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    assert json.loads(decoded(header)) == {"alg": "HS256", "typ": "JWS"}
    assert decoded(payload) == body
    assert decoded(signature) == hmac.new(b"a key", f"{header}.{payload}".encode(), hashlib.sha256).digest()
    assert signed(body, "another key").split(".")[2] != signature
    assert "=" not in header + payload + signature


def test_words_from_outside_cannot_drive_slack() -> None:
    evil = replace(
        FACT, subject="<!channel> <https://evil.example.com|Open in Seed> &amp;", summary="*_`<@U1>", app="a*b"
    )

    said = json.dumps(slack_body(evil, "#x"))

    assert "<!channel>" not in said
    assert "<@U1>" not in said
    assert said.count("<https://") == 1, "the only link is ours"
    assert slack_body(evil, "#x")["channel"] == "#x"
    assert "channel" not in slack_body(evil)


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@example.com", "a\nb", "a\u2028b", HOSTILE, "ü" * 300, ""])
def test_words_from_outside_stay_within_a_mail(evil: str) -> None:
    fact = replace(FACT, stage=evil, summary=evil, subject=evil, person=evil)

    raw = email_of(fact, "seed@example.com", ["a@example.com", "b@example.com"], "u1").as_bytes()

    heads, _, _body = raw.partition(b"\n\n")
    names = [line.split(b":")[0] for line in heads.split(b"\n") if not line.startswith((b" ", b"\t"))]
    assert b"Bcc" not in names
    assert b"\xe2\x80\xae" not in raw
    assert b"To: a@example.com, b@example.com" in heads


def test_a_mail_sent_twice_can_be_known_by_its_id() -> None:
    one, two = (email_of(FACT, "seed@example.com", ["a@example.com"], uid) for uid in ("u1", "u2"))
    assert one["Message-ID"] == "<u1@example.com>" != two["Message-ID"]
    assert one["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("event", "events", "told"),
    [
        ("failed", "failed", True), ("succeeded", "failed", False), ("review", ",".join(EVENTS), True),
        ("cancelled", "started", True), ("cancelled", "failed", False), ("test", "failed", True),
    ],
)  # fmt: skip
def test_who_wants_to_hear_what(event: str, events: str, told: bool) -> None:
    assert wanted(event, events) is told


@pytest.mark.parametrize(
    ("services", "said"),
    [
        ([], "Nothing changes."),
        ([("mails", routine())], "mails: Only routine changes."),
        ([("users", mild()), ("orders", danger())], "orders: Replaces the table OrdersTable"),
        ([("users", mild()), ("mails", routine()), ("orders", danger())], "; 2 more services change."),
        ([("users", mild()), ("mails", routine())], "; 1 more service changes."),
    ],
)
def test_a_review_in_one_sentence_says_the_worst(services: list[tuple[str, ChangeSet]], said: str) -> None:
    sentence = summary_of(services)
    assert said in sentence
    assert sentence.count(". ") == 0
    assert sentence.endswith(".")


def test_a_sentence_has_an_end() -> None:
    assert len(shortened("x " * 5000)) == 600
    assert "\n" not in shortened("a\nb")
    assert summary_of([("x", hostile())])
