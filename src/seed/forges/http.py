"""HTTP to a forge: bounded answers, rate limits as a time, and no way into private networks.

A name is resolved here, its address is checked, and that very address is spoken to, so that a name that resolves
to something else a moment later leads nowhere. TLS is still verified for the name.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2

from seed.forges.errors import ForgeBusy, ForgeNotReached, ForgeRefused, PrivateAddress

TIMEOUT = 15.0
LARGEST_ANSWER = 10_000_000
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=2)
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
        transport = _Guarded(private_hosts)
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
        until = paused_until(answer.status, answer.headers, self._clock())
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
    """https, a host, and nothing else that an address may hold."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    schemes = {"https", "http"} if host in private_hosts else {"https"}
    if parts.scheme not in schemes or not host or parts.username or parts.password or parts.query or parts.fragment:
        raise PrivateAddress(
            f"{url[:200]!r} is not spoken to.", hint="An https:// address of a forge's API.", where="api_url"
        )


def paused_until(status: int, headers: Mapping[str, str], at: datetime) -> datetime | None:
    """When a rate limit lets us speak again; None where the answer is about something else."""
    reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or ""
    after = headers.get("retry-after", "")
    used_up = (headers.get("x-ratelimit-remaining") or headers.get("ratelimit-remaining")) == "0"
    if status != 429 and not (status == 403 and (after or used_up)):  # noqa: PLR2004, too many; forbidden for now
        return None
    if after.isdigit():
        wait = timedelta(seconds=min(int(after[:9]), 86400))
    elif reset.isdigit() and used_up:
        wait = datetime.fromtimestamp(int(reset[:11]), UTC) - at
    else:
        wait = timedelta(minutes=1)
    return at + min(LONGEST_PAUSE, max(SHORTEST_PAUSE, wait))


def is_public(address: str) -> bool:
    """Also an IPv4 address within an IPv6 one is looked at."""
    found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


class _Guarded(httpx2.HTTPTransport):
    def __init__(self, private_hosts: frozenset[str]) -> None:
        # Calls are seconds apart at best: a connection kept open would only be one more thing that breaks.
        super().__init__(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
        self._private_hosts = private_hosts

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if host not in self._private_hosts:
            port = request.url.port or 443
            request.url = request.url.copy_with(host=_public_address(host, port))
            request.extensions = {**request.extensions, "sni_hostname": host}
        return super().handle_request(request)


def _public_address(host: str, port: int) -> str:
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    private = [address for address in found if not is_public(address)]
    if private or not found:
        raise PrivateAddress(
            f"{host} leads into a private network ({private[0] if private else 'no address'}).",
            hint="An operator allows that for a host: SEED_PRIVATE_HOSTS, see docs/forges.md.",
            where="api_url",
        )
    return found[0]


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
