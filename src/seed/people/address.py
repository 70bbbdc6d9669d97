"""From where a request came: the peer, or what a trusted proxy says of whom it speaks for."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable


def address_of(peer: str, forwarded: Iterable[str], proxies: Collection[str]) -> str:
    """`forwarded` are the X-Forwarded-For: each proxy adds at the right, so what is left of a stranger's is hearsay."""
    hops = [hop.strip() for hop in ",".join(forwarded).split(",") if hop.strip()]
    while peer in proxies and hops:
        peer = hops.pop()
    return _network(peer)


def _network(address: str) -> str:
    """One customer has a whole /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(found), 64), strict=False))
    return str(found)
