"""Which parameters make a value differ: asked of the very place that differs, as it is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.model import PropertyChange
from seed.changesets.resource import Pair, mentioned
from seed.changesets.values import is_intrinsic, is_undecided, same, unescape

PARAMETER, DIRECT = "ParameterReference", "DirectModification"
BETWEEN = ", "
"""Between the names where more than one parameter is the cause."""
NOWHERE = object()


def moved_parameters(old: World, new: World) -> frozenset[str]:
    """Those that both templates declare or only one, and whose value is another."""
    names = old.parameters.keys() | new.parameters.keys()
    return frozenset(name for name in names if not same(old.parameters.get(name), new.parameters.get(name)))


def name_causes(pair: Pair, moved: Collection[str], perhaps: Collection[str] = ()) -> None:
    """A value that is written as it was, and differs, does so by what it mentions; `perhaps` that does not move."""
    if moved and pair.before and pair.after:
        old, new = _Written(pair.before.raw), _Written(pair.after.raw)
        pair.rows = [_named(row, old, new, moved) for row in pair.rows]
        if perhaps:
            pair.rows = [_doubted(row, perhaps) for row in pair.rows]


def _doubted(row: PropertyChange, perhaps: Collection[str]) -> PropertyChange:
    by_parameter = row.change_source == PARAMETER and all(one in perhaps for one in row.causing_entity.split(BETWEEN))
    return replace(row, evaluation="Dynamic") if by_parameter else row


def _named(row: PropertyChange, before: _Written, after: _Written, moved: Collection[str]) -> PropertyChange:
    if row.change_source not in (PARAMETER, DIRECT):
        return row
    parts = [unescape(part) for part in row.path.split("/")[1:]]
    old, new = before.at(parts), after.at(parts)
    if old is NOWHERE or new is NOWHERE:
        return row
    names = dict.fromkeys(name for name in mentioned(new) if name in moved) if same(old, new) else ()
    return replace(row, change_source=PARAMETER if names else DIRECT, causing_entity=BETWEEN.join(names))


class _Written:
    """A resource as its template writes it. Each list is looked through once, however many rows lie in it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._loose: dict[int, bool] = {}

    def at(self, parts: list[str]) -> Any:
        """What is written at a place, or the function that makes what is there."""
        node = self._raw
        for part in parts:
            if is_intrinsic(node):
                return node
            if isinstance(node, dict) and part in node:
                node = node[part]
            elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
                if self._has_loose_places(node):
                    return NOWHERE
                node = node[int(part)]
            else:
                return NOWHERE
        return node

    def _has_loose_places(self, items: list[Any]) -> bool:
        """Items that may be left out: places are not what they were."""
        if id(items) not in self._loose:
            self._loose[id(items)] = any(map(is_undecided, items))
        return self._loose[id(items)]
