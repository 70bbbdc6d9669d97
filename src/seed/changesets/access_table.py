"""A policy before and after as a table: who, may do what, on what, under which condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seed.changesets.findings.conditions import in_words
from seed.changesets.findings.fences import in_force
from seed.changesets.findings.statements import DOCUMENTS, Permission, permissions, widened
from seed.changesets.model import ResourceChange

FUNCTION_PERMISSION = "AWS::Lambda::Permission"
MOST = 200
"""So many lines of each side; a policy with more is read as JSON."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One line: the actions that share who, on what and under which condition."""

    mark: str
    """- for what goes, + for what comes, '' for what stays."""
    effect: str
    who: str
    actions: tuple[str, ...]
    on: str
    condition: str
    wider: bool
    """Nobody could do this before."""

    @property
    def verb(self) -> str:
        return "may" if self.effect == "Allow" else "must not"


def access_table(change: ResourceChange) -> tuple[Grant, ...]:
    """What differs, what goes before what comes. Empty where the resource has no policy, or none that changes."""
    kind = change.resource_type
    if (kind not in DOCUMENTS and kind != FUNCTION_PERMISSION) or not (change.before or change.after):
        return ()
    whole = change.before is None or change.after is None
    before, after = (_all(kind, side, permissions if whole else in_force) for side in (change.before, change.after))
    more = set(widened(before, after)) if change.before is not None else set()
    olds, news = set(before), set(after)
    gone = _grants("-", [one for one in before if one not in news], more)
    come = _grants("+", [one for one in after if one not in olds], more)
    return (*gone, *come)


def _all(
    kind: str, side: Mapping[str, Any] | None, told: Callable[[str, dict[str, Any]], list[Permission]]
) -> list[Permission]:
    found = (side or {}).get("Properties", {})
    return list(dict.fromkeys(told(kind, found))) if isinstance(found, dict) else []


def _grants(mark: str, some: Iterable[Permission], more: set[Permission]) -> Iterable[Grant]:
    together: dict[tuple[str, str, str, str, bool], list[str]] = {}
    for one in some:
        key = (one.effect, one.principal, one.resource, one.condition, one in more)
        together.setdefault(key, []).append(one.action)
    found = [
        Grant(mark, effect, who, tuple(actions), on, in_words(condition), wider)
        for (effect, who, on, condition, wider), actions in together.items()
    ]
    return found[:MOST]
