"""HTTP to a forge: bounded answers, rate limits as a time, and no way into private networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

from seed import outside
from seed.forges.errors import ForgeBusy, ForgeNotReached, ForgeRefused

TIMEOUT = 15.0
LARGEST_ANSWER = 10_000_000
WHERE = "api_url"
HINTS = {
    401: "The token is wrong, or was withdrawn: connect the forge again.",
    403: "The token or the App may not do this: docs/forges.md lists what it needs.",
    404: "Is the repository's name right, and may the token or the App see it?",
}
Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


def now() -> datetime:
    return datetime.now(UTC)


class Http:
    """`private_hosts`: names that may lead into private networks, and may be spoken to without TLS."""

    def __init__(
        self,
        base_url: str,
        private_hosts: frozenset[str],
        headers: Mapping[str, str],
        clock: Callable[[], datetime] = now,
    ) -> None:
        check_url(base_url, private_hosts)
        self._clock = clock
        transport = outside.Guarded(private_hosts, WHERE)
        self._client = httpx2.Client(
            base_url=base_url, headers=dict(headers), timeout=TIMEOUT, trust_env=False, transport=transport
        )

    def call(
        self, method: str, path: str, body: object = None, *, query: Query | None = None,
        headers: Mapping[str, str] | None = None, fine: frozenset[int] = frozenset(),
    ) -> Answer:  # fmt: skip
        """What is no success is raised, but for the statuses that are `fine`."""
        try:
            with self._client.stream(method, path, json=body, params=query, headers=headers) as answer:
                raw = bytearray()
                for piece in answer.iter_bytes():
                    raw += piece
                    if len(raw) > LARGEST_ANSWER:
                        raise ForgeNotReached("The forge's answer is too large.")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise ForgeNotReached(f"The forge does not answer: {type(error).__name__}.") from None
        found = Answer(answer.status_code, _json(bytes(raw)), answer.headers)
        if answer.is_success or found.status in fine:
            return found
        raise self._refusal(method, path, found)

    def _refusal(self, method: str, path: str, answer: Answer) -> Exception:
        until = outside.paused_until(answer.status, answer.headers, self._clock())
        if until is not None:
            return ForgeBusy(f"The forge asks to wait until {until:%H:%M:%S} UTC.", until=until)
        if answer.status >= 500:  # noqa: PLR2004, the forge's own failure
            return ForgeNotReached(f"The forge answered {answer.status}.")
        said = f": {text}" if (text := _said(answer.body)) else ""
        return ForgeRefused(
            f"The forge answered {answer.status} to {method} {path}{said}.",
            hint=HINTS.get(answer.status, ""),
            answered=answer.status,
        )


def check_url(url: str, private_hosts: frozenset[str]) -> None:
    outside.check_url(url, private_hosts, where=WHERE, hint="An https:// address of a forge's API.")


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None


def _said(body: Any) -> str:
    """What the forge says of it; each has its own place for that."""
    if not isinstance(body, dict):
        return ""
    said = body.get("message") or body.get("error_description") or body.get("error")
    if isinstance(said, dict):
        said = said.get("message") or said
    return str(said)[:200].rstrip(".") if said else ""
