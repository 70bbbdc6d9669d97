"""What a webhook is told, and its signature: a JSON Web Signature (RFC 7515) over exactly the body. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from seed.notify.facts import STATUS, Fact

SIGNATURE, ID = "x-webhook-signature", "x-webhook-id"
HEADER = {"alg": "HS256", "typ": "JWS"}


def webhook_body(fact: Fact) -> dict[str, Any]:
    """`status` is one word for programs; `event` says it exactly."""
    body: dict[str, Any] = {
        "status": STATUS[fact.event],
        "event": fact.event,
        "app_id": fact.app,
        "app_link": fact.app_link,
        "stage_id": fact.stage,
        "stage_link": fact.stage_link,
        "build_id": fact.build or None,
        "build_link": fact.build_link or None,
        "ts": int(datetime.fromisoformat(fact.at).timestamp()),
    }
    if fact.promotion_id:
        body |= {"promotion_id": fact.promotion_id, "promotion_link": fact.promotion_link}
    more = {"summary": fact.summary, "commit": fact.commit}
    return body | {name: value for name, value in more.items() if value}


def encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def signed(body: bytes, key: str) -> str:
    """Compact: the receiver's library verifies it with the key and gets the body out of it."""
    text = f"{_encoded(encoded(HEADER))}.{_encoded(body)}"
    return f"{text}.{_encoded(hmac.digest(key.encode(), text.encode(), hashlib.sha256))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
