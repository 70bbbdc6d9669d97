"""The section Rules: what a template asserts of the values of its parameters.

True, False, or None where only the account knows: which networks it has, and how they are tagged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from seed.changesets.evaluate import MASKED, SIDES, World, combined
from seed.changesets.values import SCALAR, Secret, scalar_text

PAIR = 2
MOST = 100_000
SHOWN = 300


class Broken(NamedTuple):
    rule: str
    place: int
    says: str
    """What the template says of it, in its own words; '' where it says nothing."""


def broken(world: World) -> Iterator[Broken]:
    """The assertions that certainly do not hold."""
    written = world.template.get("Rules")
    asked = _Asked(world)
    for name, rule in written.items() if isinstance(written, dict) else ():
        given = rule.get("Assertions") if isinstance(rule, dict) else None
        if not isinstance(given, list) or not asked.holds(rule.get("RuleCondition", True)):
            continue
        for index, one in enumerate(given):
            if isinstance(one, dict) and asked.holds(one.get("Assert")) is False:
                says = one.get("AssertDescription")
                yield Broken(name, index, says[:SHOWN] if isinstance(says, str) else "")


Value = str | list[str | None] | None
"""A text, or a list of some; None where it, or an item, is not known."""


@dataclass(slots=True)
class _Asked:
    """`left`: so many values are looked at, then nothing is known: a list may be asked for ten thousand times."""

    world: World
    left: int = MOST

    def holds(self, node: Any) -> bool | None:
        if isinstance(node, bool):
            return node
        name, argument = next(iter(node.items())) if isinstance(node, dict) and len(node) == 1 else ("", None)
        sides = argument if isinstance(argument, list) else [argument]
        if name in SIDES and (name != "Fn::Not" or len(sides) == 1):
            return combined(name, [self.holds(one) for one in sides])
        compare = COMPARED.get(name)
        return compare(*map(self.value, sides)) if compare and len(sides) == PAIR and self.left > 0 else None

    def value(self, node: Any) -> Value:
        if isinstance(node, list):
            self.left -= len(node)
            items = map(self.value, node)
            return [one if isinstance(one, str) else None for one in items]
        if isinstance(node, dict):
            name = node.get("Ref") if len(node) == 1 else None
            found = self.world.parameters.get(name) if isinstance(name, str) else None
            return None if found is None or isinstance(found, dict) else self.value(found)
        text = node.value if isinstance(node, Secret) else node
        return scalar_text(text) if isinstance(text, SCALAR) and text != MASKED else None


def _equal(a: Value, b: Value) -> bool | None:
    known = isinstance(a, str) and isinstance(b, str)
    return a == b if known else None


def _contains(items: Value, text: Value) -> bool | None:
    return _each_in([text], items) if isinstance(text, str) else None


def _each_equals(items: Value, text: Value) -> bool | None:
    return _each_in(items, [text]) if isinstance(text, str) else None


def _each_in(items: Value, others: Value) -> bool | None:
    if not isinstance(items, list) or not isinstance(others, list):
        return None
    known = set(others)
    maybe = None if None in known else False
    return combined("Fn::And", [None if one is None else one in known or maybe for one in items])


COMPARED: Mapping[str, Callable[[Value, Value], bool | None]] = {
    "Fn::Equals": _equal,
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _each_equals,
    "Fn::EachMemberIn": _each_in,
}
