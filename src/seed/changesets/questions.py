"""Conditions that nobody can decide: whether they ask something else than they did.

What is known decides a condition, and what follows from it is compared. Where a parameter is not known, only what the
condition asks can be: another question may have another answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.leaves import MISSING, Difference
from seed.changesets.values import is_intrinsic, same


@dataclass
class Questions:
    """The conditions of two templates, side by side."""

    old: World
    new: World
    _other: dict[str, bool] = field(default_factory=dict)

    def other(self, name: str) -> bool:
        """It asks something else than it did, by itself or by one that it is made of."""
        if not isinstance(name, str):
            return False  # no condition has such a name
        if name not in self._other:
            was, now = (world.section("Conditions").get(name) for world in (self.old, self.new))
            if was is None or now is None:
                return was is not now
            if self.old.condition(name) is None and self.new.condition(name) is None:
                was, now = self.old.definition(was), self.new.definition(now)
            self._other[name] = not same(was, now) or any(map(self.other, _named(now)))
        return self._other[name]

    def shown(self, world: World, name: Any) -> Any:
        """A condition by its name, or by what it asks where the other template's asks something else."""
        if isinstance(name, str):
            return self._opened(world, {"Condition": name}, set()) if self.other(name) else name
        return self._opened(world, name, set())

    def _opened(self, world: World, node: Any, seen: set[str]) -> Any:
        """Each condition is looked into once: thousands may be made of it."""
        if isinstance(node, list):
            return [self._opened(world, one, seen) for one in node]
        if not isinstance(node, dict):
            return node
        name = node.get("Condition")
        if not isinstance(name, str):
            return {key: self._opened(world, one, seen) for key, one in node.items()}
        written = world.section("Conditions").get(name)
        if written is None or name in seen or not self.other(name):
            return node
        seen.add(name)
        return self._opened(world, world.definition(written), seen)

    def presence(self, was: Any, now: Any) -> Difference | None:
        """How the condition by which something is there differs: only where one of them is not decided."""
        holds = self.old.condition(was), self.new.condition(now)
        if None not in holds or False in holds or (was == now and not self.other(was)):
            return None
        before, after = (
            MISSING if certain else self.shown(world, name)
            for world, name, certain in zip((self.old, self.new), (was, now), holds, strict=True)
        )
        return Difference((), before, after)


def only_asked(one: Difference) -> bool:
    """Both answers stay what they are: whether the value is another hangs on a condition that nobody can decide."""
    return is_intrinsic(one.before) and is_intrinsic(one.after) and same(*map(_answers, (one.before, one.after)))


def _answers(value: Any) -> Any:
    """A value without what its conditions ask."""
    if isinstance(value, list):
        return [_answers(item) for item in value]
    if not isinstance(value, dict):
        return value
    asked = value.get("Fn::If") if is_intrinsic(value) else None
    if isinstance(asked, list):
        return {"Fn::If": _answers(asked[1:])}
    return {key: _answers(item) for key, item in value.items()}


def _named(node: Any) -> Iterator[str]:
    """The conditions that one is made of."""
    if isinstance(node, dict):
        name = node.get("Condition")
        if isinstance(name, str):
            yield name
        for item in node.values():
            yield from _named(item)
    elif isinstance(node, list):
        for item in node:
            yield from _named(item)
