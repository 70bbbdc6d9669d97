"""Tags of the stack: CloudFormation hands them on to every resource whose type has a property for tags.

What a resource says of a tag itself counts more than what its stack says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from seed.changesets import rules
from seed.changesets.leaves import MISSING, Difference
from seed.changesets.model import PropertyChange
from seed.changesets.resource import Pair, difference_row, worst_recreation
from seed.changesets.values import show

TAGS = "Tags"
Tags = Mapping[str, str]
Both = tuple[Tags, Tags]
"""Those of a stack before and after."""
NO_TAGS: Both = ({}, {})


def tags_inside(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, above: Both) -> Both:
    """Those of a nested stack: it is a resource that takes the tags of the stack around it, and hands them on."""
    sides = zip((before, after), above, strict=True)
    first, second = ({**around, **_written(_tags_of(side))} for side, around in sides)
    return first, second


def _tags_of(side: Mapping[str, Any] | None) -> Any:
    properties = (side or {}).get("Properties")
    return properties.get(TAGS) if isinstance(properties, dict) else None


def _written(tags: Any) -> dict[str, str]:
    items = [one for one in tags if isinstance(one, dict)] if isinstance(tags, list) else []
    return {show(one.get("Key")): show(one.get("Value")) for one in items}


def tag_rows(before: Tags, after: Tags, secrets: Collection[str]) -> tuple[PropertyChange, ...]:
    """Those of the stack itself."""
    return tuple(
        difference_row(Difference((name,), before.get(name, MISSING), after.get(name, MISSING)), (TAGS,), TAGS, secrets)
        for name in _moved(before, after)
    )


def hand_on(pairs: Collection[Pair], before: Tags, after: Tags, secrets: Collection[str]) -> None:
    """A row for each resource that gets other tags by its stack."""
    moved = _moved(before, after)
    for pair in pairs if moved else ():
        if pair.before and pair.after and pair.old_type == pair.resource_type:
            pair.rows = [*pair.rows, *_handed(pair, moved, (before, after), secrets)]


def _moved(before: Tags, after: Tags) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _handed(
    pair: Pair, moved: list[str], tags: tuple[Tags, Tags], secrets: Collection[str]
) -> Iterator[PropertyChange]:
    name = rules.tag_property(pair.resource_type)
    own = {key for side in pair.properties for key in _own(side.get(name))}
    names = [one for one in moved if one not in own]
    if name and names:
        sides = [{one: side[one] for one in names if one in side} for side in tags]
        one = Difference((name,), *(side or MISSING for side in sides))
        recreation = worst_recreation(pair.resource_type, one)
        yield difference_row(one, ("Properties",), TAGS, secrets, recreation=recreation)


def _own(written: Any) -> list[str]:
    """The tags that a resource has by its template."""
    if isinstance(written, dict):
        return list(written)
    return [str(one.get("Key")) for one in written if isinstance(one, dict)] if isinstance(written, list) else []
