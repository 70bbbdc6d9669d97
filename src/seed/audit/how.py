"""What an event was about in a few words, of its details: what it was before and is now, where, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ELSEWHERE = frozenset(
    {"reason", "commit", "digest", "at", "place", "version", "number", "removal", "promotion", "bytes", "stack_id"}
)
"""Told beside it, or of no use to people."""
SWITCHES = {"on": ("on", "off"), "wait": ("on", "off"), "always": ("always", "where it is needed")}
BARE = frozenset({"kind", "branch", "account", "level", "by", "trigger", "target", "of", "said", "sentence"})
"""Values that need no name before them."""
MOST = 160
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(\+00:00|Z)")


def how(details: Mapping[str, Any]) -> str:
    """Nothing where there is no more to tell than what was done to what."""
    said = ", ".join(part for part in _parts(details) if part)
    return said if len(said) <= MOST else said[: MOST - 1] + "…"


def _parts(details: Mapping[str, Any]) -> Iterator[str]:
    before = details.get("before")
    now = next((details[name] for name in ("kind", "branch", "path") if name in details), None)
    if before is not None:
        yield f"{before or 'nothing'} → {now or 'nothing'}" if now is not None else f"was {before}"
    for name, value in details.items():
        if name in ELSEWHERE or name == "before" or (before is not None and value == now):
            continue
        yield _said(name, value)


def _said(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        yes, no = SWITCHES.get(name, (words, ""))
        return yes if value else no
    if isinstance(value, list):
        told = ", ".join(map(str, value)) if not _nested(value) else " → ".join(", ".join(one) for one in value)
        return f"{words} {told}" if value else ""
    if value in ("", None):
        return ""
    told = _time(str(value)).removesuffix(".")
    return told if name in BARE else f"{words} {told}"


def _time(text: str) -> str:
    """A moment as people write it."""
    return f"{text[:10]} {text[11:16]} UTC" if MOMENT.fullmatch(text) else text


def _nested(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(one, list) for one in value)
