"""Which parameters make a value differ: asked of the very place that differs, as it is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.model import PropertyChange
from seed.changesets.resource import Pair, mentioned
from seed.changesets.template import TRANSFORM
from seed.changesets.values import NO_VALUE, is_intrinsic, is_undecided, same, unescape

PARAMETER = "ParameterReference"
BETWEEN = ", "
"""Between the names where more than one parameter is the cause."""
NOWHERE = object()


def moved_parameters(old: World, new: World) -> frozenset[str]:
    """Those that both templates declare or only one, and whose value is another."""
    names = old.parameters.keys() | new.parameters.keys()
    return frozenset(name for name in names if not same(old.parameters.get(name), new.parameters.get(name)))


def name_causes(pair: Pair, new: World, moved: Collection[str], perhaps: Collection[str] = ()) -> None:
    """A value that is written as it was, and differs, does so by what it mentions; `perhaps` that does not move."""
    if moved and pair.rows and pair.before and pair.after:
        raw = pair.after.raw
        taken = {name: _taken(new, raw[name]) for name in {row.path.split("/")[1] for row in pair.rows} & raw.keys()}
        places = _Places(pair.before.raw), _Places(raw), _Places(taken)
        pair.rows = [_named(row, *places, moved) for row in pair.rows]
        if perhaps:
            pair.rows = [_doubted(row, perhaps) for row in pair.rows]


def _doubted(row: PropertyChange, perhaps: Collection[str]) -> PropertyChange:
    by_parameter = row.change_source == PARAMETER and all(one in perhaps for one in row.causing_entity.split(BETWEEN))
    return replace(row, evaluation="Dynamic") if by_parameter else row


def _named(
    row: PropertyChange, before: _Places, after: _Places, taken: _Places, moved: Collection[str]
) -> PropertyChange:
    """`taken`: of what hangs on a condition only what that lets in; the rest of it makes no value."""
    parts = [unescape(part) for part in row.path.split("/")[1:]]
    if not same(before.at(parts), after.at(parts)):
        return row
    names = dict.fromkeys(name for name in mentioned(taken.at(parts)) if name in moved)
    return replace(row, change_source=PARAMETER, causing_entity=BETWEEN.join(names)) if names else row


class _Places:
    """A resource as it is written. Each list is looked through once, however many rows lie in it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._loose: dict[int, bool] = {}

    def at(self, parts: list[str]) -> Any:
        """What is written at a place, or around it: the function that makes what is there, the list whose places are
        not what they were.
        """
        node = self._raw
        for part in parts:
            if is_intrinsic(node) or (isinstance(node, list) and self._has_loose_places(node)):
                return node
            if isinstance(node, dict) and part in node:
                node = node[part]
            elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
                node = node[int(part)]
            else:
                return NOWHERE
        return node

    def _has_loose_places(self, items: list[Any]) -> bool:
        """Items that may be left out."""
        if id(items) not in self._loose:
            self._loose[id(items)] = any(map(is_undecided, items))
        return self._loose[id(items)]


def _taken(world: World, node: Any) -> Any:
    """A value as it is written, with the side that it takes for each condition that is decided."""
    if isinstance(node, list):
        return [item for item in (_taken(world, one) for one in node) if item is not NO_VALUE]
    if not isinstance(node, dict) or TRANSFORM in node:
        return node
    if is_undecided(node):
        side = _side(world, node["Fn::If"])
        if side is not None:
            return _taken(world, side)
    if node == {"Ref": "AWS::NoValue"}:
        return NO_VALUE
    pairs = ((key, _taken(world, item)) for key, item in node.items())
    return {key: item for key, item in pairs if item is not NO_VALUE}


def _side(world: World, written: Any) -> Any:
    """None where it is not decided, or where it is no Fn::If: nobody may have asked for what it makes."""
    if not isinstance(written, list) or len(written) != len(("asked", "yes", "no")):
        return None
    asked, yes, no = written
    known = isinstance(asked, str) and asked in world.section("Conditions")
    holds = world.condition(asked) if known else None
    return None if holds is None else yes if holds else no
