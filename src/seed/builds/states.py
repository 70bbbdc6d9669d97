"""How builds and service builds move: pure tables of (state, event) → state."""

from __future__ import annotations

from collections.abc import Iterable

from seed.errors import Conflict

BUILD = {
    ("queued", "start"): "running",
    ("queued", "cancel"): "cancelled",
    ("queued", "skip"): "skipped",
    ("queued", "fail"): "failed",
    ("running", "start"): "running",
    ("running", "succeed"): "succeeded",
    ("running", "fail"): "failed",
    ("running", "cancel"): "cancelled",
    ("running", "skip"): "skipped",
}
SERVICE = {
    ("waiting", "check"): "checking",
    ("waiting", "deploy"): "deploying",
    ("checking", "check"): "checking",
    ("checking", "package"): "packaging",
    ("packaging", "check"): "checking",
    ("packaging", "package"): "packaging",
    ("packaging", "deploy"): "deploying",
    ("deploying", "deploy"): "deploying",
    ("deploying", "succeed"): "succeeded",
    ("deploying", "unchanged"): "unchanged",
    **{(state, "fail"): "failed" for state in ("waiting", "checking", "packaging", "deploying")},
    **{(state, "cancel"): "cancelled" for state in ("waiting", "checking", "packaging", "deploying")},
    **{(state, "skip"): "skipped" for state in ("waiting", "checking")},
    **{(state, "unchanged"): "unchanged" for state in ("waiting", "checking", "packaging")},
}
ENDED = frozenset({"succeeded", "failed", "cancelled", "skipped", "unchanged"})
GOOD = frozenset({"succeeded", "unchanged"})
PACKAGE_ENDED = frozenset({"ready", "failed"})
"""Of a package for a stage downstream: nobody makes it any more."""


class NotPossible(Conflict):
    """The thing is in a state that does not allow this."""

    code = "not-possible"


def move(table: dict[tuple[str, str], str], state: str, event: str) -> str:
    """The next state, or NotPossible. An ended state has no events: it stays as it is."""
    try:
        return table[state, event]
    except KeyError:
        raise NotPossible(
            f"Cannot {event} what is {state}.", hint="Reload to see what has happened meanwhile."
        ) from None


def outcome(services: Iterable[str]) -> str:
    """The event that ends a build, from the states its services ended in.

    A skip does not spoil a build, but a build in which every service was skipped has failed.
    """
    states = set(services)
    if "failed" in states:
        return "fail"
    if "cancelled" in states:
        return "cancel"
    return "succeed" if states & GOOD else "fail"
