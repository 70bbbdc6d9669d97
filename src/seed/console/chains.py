"""Why a resource is replaced or touched: the chain from what somebody changed to what happens here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seed.changesets import PropertyChange, ResourceChange
from seed.changesets.words import word

LONGEST = 8


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain, the cause before its effect."""

    words: str
    logical_id: str = ""
    """Of the resource that it is about, when that is a row of its own."""


def chain_of(change: ResourceChange, rows: Mapping[str, ResourceChange]) -> tuple[Link, ...]:
    """From the first cause to `change`; empty where there is nothing to explain, or most probably nothing happens."""
    if change.action != "Modify" or change.replacement == "False" or change.inferred:
        return ()
    links: list[Link] = []
    seen: set[str] = set()
    here: ResourceChange | None = change
    while here is not None and here.logical_id not in seen and len(links) < LONGEST:
        seen.add(here.logical_id)
        cause = _cause(here)
        links.append(Link(f"{word(here.resource_type)} {here.logical_id} {_happens(here)}", here.logical_id))
        if cause is None:
            break
        name = _property(cause)
        source, _, attribute = cause.causing_entity.partition(".")
        if not source:
            links.append(Link(f"{name} of {here.logical_id} changes in the template", here.logical_id))
            break
        told = f"{name} of {here.logical_id} follows {attribute or 'it'}" if source in rows else ""
        links.append(Link(told or f"{name} of {here.logical_id} follows {cause.causing_entity}", here.logical_id))
        here = rows.get(source)
    return tuple(reversed(links))


def _cause(change: ResourceChange) -> PropertyChange | None:
    """The property that forces it, a certain one before one that might; else any that changes."""
    by_force = {"Always": 0, "Conditionally": 1, "Never": 2}
    told = [one for one in change.properties if not one.routine] or list(change.properties)
    return min(told, key=lambda one: by_force[one.recreation], default=None)


def _happens(change: ResourceChange) -> str:
    if change.action == "Modify":
        return {"True": "is replaced", "Conditional": "may be replaced"}.get(change.replacement, "changes")
    return {"Add": "is added", "Remove": "is removed", "Dynamic": "may come or go"}.get(change.action, "changes")


def _property(change: PropertyChange) -> str:
    return change.path.removeprefix("/Properties/").removeprefix("/").partition("/")[0]
