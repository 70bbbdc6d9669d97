"""Where two evaluated values differ: one entry for each leaf, or for a whole object that came or went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from seed.changesets.values import escape, is_intrinsic, same

MISSING = object()
Path = tuple[str, ...]


class Difference(NamedTuple):
    path: Path
    before: Any
    after: Any
    """MISSING on the side where it is not set."""


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    if before is after:
        return
    if _mapping(before) and _mapping(after):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            a, b = (side[index] if index < len(side) else MISSING for side in (before, after))
            yield from differences(a, b, (*path, str(index)))
    elif before is MISSING or after is MISSING or not same(before, after):
        yield Difference(path, before, after)


def leaf_paths(value: Any, path: Path) -> Iterator[Path]:
    """The paths of every leaf below; an intrinsic is a leaf."""
    if _mapping(value) and value:
        for key, item in value.items():
            yield from leaf_paths(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaf_paths(item, (*path, str(index)))
    else:
        yield path


def at(value: Any, path: Iterable[str]) -> Any:
    """What stands at a path; None where nothing does."""
    for key in path:
        if isinstance(value, list):
            value = value[int(key)] if key.isdecimal() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def pointer(*parts: str) -> str:
    return "".join("/" + escape(part) for part in parts)


def _mapping(value: Any) -> bool:
    return isinstance(value, dict) and not is_intrinsic(value)
