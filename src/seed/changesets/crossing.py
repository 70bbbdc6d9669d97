"""What crosses from one stack to another: the exports that a template makes, and those that it imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets.evaluate import Pseudo, World
from seed.changesets.findings.exports import exported
from seed.changesets.template import Template


def exports_of(template: Template, given: Mapping[str, str], pseudo: Pseudo) -> frozenset[str]:
    """The names, as far as they can be known before it is deployed."""
    return frozenset(exported(World(template, given, pseudo)))


def imports_of(template: Template, given: Mapping[str, str], pseudo: Pseudo) -> frozenset[str]:
    """The names under every Fn::ImportValue of a resource or output whose condition may hold."""
    world = World(template, given, pseudo)
    waiting: list[Any] = [world.value(resource) for resource in world.resources.values()]
    waiting += [
        world.value({"Value": output.get("Value")})
        for output in world.section("Outputs").values()
        if world.condition(output.get("Condition")) is not False
    ]
    found = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = one.get("Fn::ImportValue")
            if isinstance(name, str):
                found.add(name)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return frozenset(found)
