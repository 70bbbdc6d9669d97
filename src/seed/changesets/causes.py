"""Which parameters make a value differ: asked of the very place that differs, as it is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.model import PropertyChange
from seed.changesets.resource import Pair, mentioned
from seed.changesets.values import is_intrinsic, same

PARAMETER, DIRECT = "ParameterReference", "DirectModification"
BETWEEN = ", "
"""Between the names where more than one parameter is the cause."""
NOWHERE = object()


def moved_parameters(old: World, new: World) -> frozenset[str]:
    """Those that both templates declare or only one, and whose value is another."""
    names = old.parameters.keys() | new.parameters.keys()
    return frozenset(name for name in names if not same(old.parameters.get(name), new.parameters.get(name)))


def name_causes(pair: Pair, moved: Collection[str]) -> None:
    """A value that is written as it was, and differs, does so by what it mentions."""
    if moved and pair.before and pair.after:
        pair.rows = [_named(row, pair.before.raw, pair.after.raw, moved) for row in pair.rows]


def _named(row: PropertyChange, before: Any, after: Any, moved: Collection[str]) -> PropertyChange:
    if row.change_source not in (PARAMETER, DIRECT):
        return row
    parts = [part.replace("~1", "/").replace("~0", "~") for part in row.path.split("/")[1:]]
    old, new = (_written(side, parts) for side in (before, after))
    if old is NOWHERE or new is NOWHERE:
        return row
    names = dict.fromkeys(name for name in mentioned(new) if name in moved) if same(old, new) else ()
    return replace(row, change_source=PARAMETER if names else DIRECT, causing_entity=BETWEEN.join(names))


def _written(node: Any, parts: list[str]) -> Any:
    """What is written at a place, or the function that makes what is there."""
    for part in parts:
        if is_intrinsic(node):
            return node
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
            if any(is_intrinsic(item) and "Fn::If" in item for item in node):
                return NOWHERE  # items that may be left out: places are not what they were
            node = node[int(part)]
        else:
            return NOWHERE
    return node
