"""Post a message to an address outside: no redirects, no private networks, an end in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx2

from seed.errors import SeedError
from seed.notify.errors import NotTold, NotWanted
from seed.outside import Deadline, Guarded, paused_until, unanswered

TIMEOUT, WHOLE = 10.0, 25.0
MOST_READ = 2000
BUSY, OURS, THEIRS, LATER = 300, 400, 500, frozenset({408, 425})


def post(
    url: str, body: bytes, headers: Mapping[str, str], private_hosts: frozenset[str], clock: Callable[[], datetime]
) -> str:
    """What was answered. Raises NotTold where it may be tried again, NotWanted or PrivateAddress where not."""
    sent = {"Content-Type": "application/json", "User-Agent": "seed", **headers}
    client = httpx2.Client(timeout=TIMEOUT, trust_env=False, transport=Guarded(private_hosts, "url"))
    with Deadline(WHOLE) as deadline, client:
        try:
            extensions = {"trace": _watching(deadline)}
            with client.stream("POST", url, content=body, headers=sent, extensions=extensions) as answer:
                status, said, heads = answer.status_code, _beginning(answer), answer.headers
        except SeedError:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NotTold(f"The address does not answer{unanswered(error, deadline)}.") from None
    told = f"HTTP {status}{f': {said}' if said else ''}"
    until = paused_until(status, heads, clock())
    if until is not None:
        raise NotTold(f"{told}. It asks to wait.", until=until)
    if status >= THEIRS or status in LATER:
        raise NotTold(told)
    if status >= OURS:
        raise NotWanted(told, hint="Is the address still the right one?")
    if status >= BUSY:
        raise NotWanted(f"HTTP {status}: it leads somewhere else.", hint="Give the address where it ends.")
    return told


def _watching(deadline: Deadline) -> Callable[[str, Mapping[str, Any]], None]:
    def trace(name: str, info: Mapping[str, Any]) -> None:
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            deadline.watch(info["return_value"].get_extra_info("socket"))

    return trace


def _beginning(answer: httpx2.Response) -> str:
    raw = bytearray()
    for piece in answer.iter_raw(MOST_READ):
        raw += piece
        if len(raw) >= MOST_READ:
            break
    text = "".join(letter if letter.isprintable() else " " for letter in bytes(raw[:200]).decode(errors="replace"))
    return " ".join(text.split())
