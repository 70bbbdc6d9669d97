"""How a promotion moves: a pure table of (state, event) → state."""

from __future__ import annotations

from seed.builds.states import move

PROMOTION = {
    ("planning", "plan"): "review",
    ("planning", "nothing"): "unchanged",
    ("planning", "fail"): "failed",
    ("planning", "reject"): "rejected",
    ("planning", "stale"): "stale",
    ("review", "confirm"): "confirmed",
    ("review", "reject"): "rejected",
    ("review", "stale"): "stale",
    ("review", "expire"): "expired",
    ("confirmed", "deploy"): "deploying",
    ("confirmed", "reject"): "rejected",
    ("confirmed", "stale"): "stale",
    ("confirmed", "fail"): "failed",
    ("deploying", "deploy"): "deploying",
    ("deploying", "promote"): "promoted",
    ("deploying", "fail"): "failed",
    ("deploying", "pause"): "paused",
}
ENDED = frozenset({"unchanged", "rejected", "stale", "expired", "promoted", "paused", "failed"})


def moved(state: str, event: str) -> str:
    return move(PROMOTION, state, event)
