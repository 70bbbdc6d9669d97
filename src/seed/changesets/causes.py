"""Which parameters make a value differ: asked of the very place that differs, as it is written."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.model import PropertyChange
from seed.changesets.resource import Pair, mentioned
from seed.changesets.template import TRANSFORM, InvalidTemplate
from seed.changesets.values import NO_VALUE, is_intrinsic, is_undecided, same, unescape

PARAMETER = "ParameterReference"
BETWEEN = ", "
"""Between the names where more than one parameter is the cause."""
NOWHERE = object()


def moved_parameters(old: World, new: World) -> frozenset[str]:
    """Those that both templates declare or only one, and whose value is another."""
    names = old.parameters.keys() | new.parameters.keys()
    return frozenset(name for name in names if not same(old.parameters.get(name), new.parameters.get(name)))


def name_causes(pair: Pair, old: World, new: World, moved: Collection[str], perhaps: Collection[str] = ()) -> None:
    """A value that is written as it was, and differs, does so by what it mentions; `perhaps` that does not move."""
    if moved and pair.rows and pair.before and pair.after:
        names = {row.path.split("/")[1] for row in pair.rows}
        takes = _Places({name: _taken(new, pair.after.raw[name]) for name in names & pair.after.raw.keys()})
        took = {name: _taken(old, pair.before.raw[name]) for name in names & pair.before.raw.keys() if perhaps}
        causes = _Causes(_Places(pair.before.raw), _Places(pair.after.raw), _Places(took), takes, moved, perhaps)
        pair.rows = [causes.named(row) for row in pair.rows]


@dataclass(slots=True)
class _Causes:
    """Of one resource. What stands around a place is read once, however many rows lie in it."""

    before: _Places
    after: _Places
    took: _Places
    takes: _Places
    """Of what hangs on a condition only what that lets in; the rest of it makes no value."""
    moved: Collection[str]
    perhaps: Collection[str]
    _alike: dict[tuple[int, int], bool] = field(default_factory=dict)
    _names: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def named(self, row: PropertyChange) -> PropertyChange:
        parts = [unescape(part) for part in row.path.split("/")[1:]]
        names = self._mentioned(self.takes.at(parts)) if self._same(self.before, self.after, parts) else ()
        if not names:
            return row
        # what takes another side of a condition than it did is another for certain, whatever stands there
        doubted = all(name in self.perhaps for name in names) and self._same(self.took, self.takes, parts)
        told = replace(row, change_source=PARAMETER, causing_entity=BETWEEN.join(names))
        return replace(told, evaluation="Dynamic") if doubted else told

    def _same(self, old: _Places, new: _Places, parts: list[str]) -> bool:
        sides = old.at(parts), new.at(parts)
        key = id(sides[0]), id(sides[1])
        if key not in self._alike:
            self._alike[key] = same(*sides)
        return self._alike[key]

    def _mentioned(self, node: Any) -> tuple[str, ...]:
        if id(node) not in self._names:
            self._names[id(node)] = tuple(dict.fromkeys(name for name in mentioned(node) if name in self.moved))
        return self._names[id(node)]


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
    holds = None
    if isinstance(asked, str) and asked in world.section("Conditions"):
        with suppress(InvalidTemplate):  # told by who asks for it
            holds = world.condition(asked)
    return None if holds is None else yes if holds else no
