"""Speaking to machines outside: never into a private network, unless the operator allows the host.

A name is resolved here, its address is checked, and that very address is spoken to, so that a name that resolves
to something else a moment later leads nowhere. TLS is still verified for the name. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx2

from seed.errors import Invalid

Resolve = Callable[[str, int], list[str]]
Onward = Callable[[httpx2.Request], httpx2.Response]
ALLOWED = "An operator allows that for a host: SEED_PRIVATE_HOSTS, see docs/settings.md."
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=2)


class PrivateAddress(Invalid):
    """An outbound address leads into a private network, and the operator has not allowed that."""

    code = "private-address"


def is_public(address: str) -> bool:
    """Also an IPv4 address within an IPv6 one is looked at."""
    found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def resolved(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def public_address(host: str, port: int, where: str, resolve: Resolve = resolved) -> str:
    """The one address that is then spoken to; refused where any of them is private."""
    found = resolve(host, port)
    private = [address for address in found if not is_public(address)]
    if private or not found:
        raise PrivateAddress(
            f"{host} leads into a private network ({private[0] if private else 'no address'}).",
            hint=ALLOWED,
            where=where,
        )
    return found[0]


def check_url(url: str, private_hosts: frozenset[str], *, where: str, hint: str, query: bool = False) -> None:
    """https, a host, and nothing else that an address may hold; a query where that is asked for. A private network
    that stands there by its number is told now; names are looked up each time they are spoken to.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise PrivateAddress(f"{url[:200]!r} is no address.", hint=hint, where=where) from None
    schemes = {"https", "http"} if host in private_hosts else {"https"}
    more = parts.username or parts.password or parts.fragment or (parts.query and not query)
    if parts.scheme not in schemes or not host or more:
        raise PrivateAddress(f"{url[:200]!r} is not spoken to.", hint=hint, where=where)
    if host not in private_hosts and _is_private_number(host):
        raise PrivateAddress(f"{host} is in a private network.", hint=ALLOWED, where=where)


def _is_private_number(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False


class Guarded(httpx2.HTTPTransport):
    """Looks at the address before it is connected to."""

    def __init__(
        self, private_hosts: frozenset[str], where: str, *, resolve: Resolve = resolved, onward: Onward | None = None
    ) -> None:
        """`onward` takes the request once its address is known; by default it is sent there."""
        # Calls are seconds apart at best: a connection kept open would only be one more thing that breaks.
        super().__init__(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
        self._private_hosts, self._where = private_hosts, where
        self._resolve, self._onward = resolve, onward or super().handle_request

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if host not in self._private_hosts:
            address = public_address(host, request.url.port or 443, self._where, self._resolve)
            request.url = request.url.copy_with(host=address)
            request.extensions = {**request.extensions, "sni_hostname": host}
        return self._onward(request)


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


def unanswered(error: Exception, deadline: Deadline) -> str:
    """Why nobody answered, after `… does not answer`: in words where it has some."""
    if deadline.passed:
        return " in time"
    known = ((socket.gaierror, "nobody knows its name"), (ConnectionRefusedError, "it refuses connections"))
    told = next((words for kind, words in known if isinstance(error, kind)), "")
    return f": {told}" if told else f" ({type(error).__name__})"


class Deadline:
    """However slowly the other side speaks: after so many seconds its socket is shut, and every read ends."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._over)
        self._timer.daemon = True
        self._sock: socket.socket | None = None
        self.passed = False

    def watch(self, sock: socket.socket | None) -> None:
        """The newest one counts: TLS wraps the one before."""
        self._sock = sock
        if self.passed:
            self._shut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _over(self) -> None:
        self.passed = True
        self._shut()

    def _shut(self) -> None:
        try:
            if self._sock is not None:
                self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
