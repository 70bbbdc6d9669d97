"""Who asks: a person signed in, or a token of theirs. Every verb takes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seed.errors import SeedError

Scope = Literal["read", "deploy", "admin"]
ORDER: dict[str, int] = {"read": 0, "deploy": 1, "admin": 2}


class NotAllowed(SeedError):
    """Known, but not permitted to do this."""

    code = "not-allowed"
    status = 403


@dataclass(frozen=True, slots=True)
class Actor:
    """`person_id` 0 is Seed itself: a push, a poll, the clock."""

    person_id: int
    name: str
    scope: Scope

    def must(self, scope: Scope) -> None:
        if ORDER[self.scope] < ORDER[scope]:
            raise NotAllowed(
                f"This needs the scope {scope}; this token has {self.scope}.",
                hint="Make a token with that scope: seed token add --scope " + scope,
            )


def as_scope(text: str) -> Scope:
    """A stored scope; what is not known may only read."""
    if text == "admin":
        return "admin"
    return "deploy" if text == "deploy" else "read"


SEED = Actor(0, "seed", "admin")
