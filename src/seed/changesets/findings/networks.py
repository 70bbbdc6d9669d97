"""Ranges of addresses: whom they let in."""

from __future__ import annotations

from seed.changesets.findings.places import number

WIDE = {".": 8, ":": 16}
"""A network with fewer fixed bits, of IPv4 and of IPv6, is most of the internet, or halves of it side by side are."""

OWN, LEAST_OWN = ("fc", "fd"), 7
"""How addresses of IPv6 begin that the internet does not carry, and the bits that say so."""


def strangers(cidr: str) -> str:
    """Who may come from there, where it is more than anybody's own network; '' where not."""
    _, _, bits = cidr.partition("/")
    fixed = number(bits)
    if fixed == 0:
        return "everybody"
    if cidr.lower().startswith(OWN) and fixed is not None and fixed >= LEAST_OWN:
        return ""
    wide = fixed is not None and any(sign in cidr and fixed < least for sign, least in WIDE.items())
    return "a large part of the internet" if wide else ""
