"""Which addresses a build reaches: pure, on addresses and ports.

Outside means: the well-known ports of public addresses. What is private, local or special is closed unless the
operator has named it; where a cloud keeps its machine's credentials is closed whatever was named.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
OUTSIDE_PORTS = (22, 80, 443, 9418)
"""ssh, http, https, git."""
ANYWHERE = "*"
CLOSED = tuple(ipaddress.ip_network(one) for one in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
    "::/127", "64:ff9b:1::/48", "2001::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
))  # fmt: skip
NEVER = tuple(ipaddress.ip_network(one) for one in (
    "169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "168.63.129.16/32",
    "192.0.0.192/32",
))  # fmt: skip
"""Where clouds answer with the machine's own credentials."""
WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::ffff:0:0/96"), ipaddress.ip_network("::/96"))


def plain(text: str) -> Address:
    """The address that is really spoken to: an IPv4 address inside an IPv6 one is taken out."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in WRAPPED) and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def parsed(entry: str) -> tuple[str, int]:
    """`host:port`, where host is a name, an address, a network (`10.0.0.0/8`) or `*` for every public address."""
    host, colon, port = entry.strip().rpartition(":")
    host = host.strip("[]").lower()
    if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004
        raise ValueError(f"{entry.strip()[:80]!r} is not host:port")
    if "/" in host:
        network = ipaddress.ip_network(host)
        if any(network.version == closed.version and network.subnet_of(closed) for closed in NEVER):  # type: ignore[arg-type]
            raise ValueError(f"{host} holds the machine's own credentials and is never opened")
    elif not set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._:*") or ("*" in host and host != ANYWHERE):
        raise ValueError(f"{host[:80]!r} is no host")
    elif _is_address(host) and _within(plain(host), NEVER):
        raise ValueError(f"{host} holds the machine's own credentials and is never opened")
    return host, int(port)


class Rules:
    """`outside`: public addresses are open. `doors`: what is open besides. `look_up` gives a name's addresses."""

    def __init__(
        self,
        doors: Iterable[tuple[str, int]],
        look_up: Callable[[str], Iterable[str]],
        is_own: Callable[[str], bool],
        *,
        outside: bool,
    ) -> None:
        self.outside = outside
        self._doors, self._look_up, self._is_own = tuple(doors), look_up, is_own
        self._names = {host for host, _ in self._doors if host != ANYWHERE and "/" not in host}

    def may(self, text: str, port: int) -> bool:
        """Whether a connection to this address goes through."""
        address = plain(text)
        if _within(address, NEVER):
            return False
        hosts = [host for host, at in self._doors if at == port]
        if any(self._leads_to(host, address) for host in hosts if host != ANYWHERE):
            return True
        known = ANYWHERE in hosts or (self.outside and port in OUTSIDE_PORTS)
        return known and not _within(address, CLOSED) and not self._is_own(str(address))

    def may_ask(self, name: str) -> bool:
        """Whether a name is looked up for the build. Inside a closed network only those that are open."""
        return self.outside or name.lower().rstrip(".") in self._names

    def _leads_to(self, host: str, address: Address) -> bool:
        if "/" in host:
            return address in ipaddress.ip_network(host)
        if _is_address(host):
            return address == plain(host)
        return any(address == plain(one) for one in self._look_up(host))


def is_never(text: str) -> bool:
    """Whether no setting opens it."""
    return _within(plain(text), NEVER)


def is_loopback(text: str) -> bool:
    return plain(text).is_loopback


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _within(address: Address, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(address in network for network in networks)
