"""What crosses from one stack to another: what a template hands out, and what it takes from others.

An export is named as it is; an output that `Fn::GetStackOutput` reads without any export is `stack.Output`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets.evaluate import Pseudo, World
from seed.changesets.findings.exports import exported
from seed.changesets.template import Template


def exports_of(template: Template, given: Mapping[str, str], pseudo: Pseudo) -> frozenset[str]:
    """The names, as far as they can be known before it is deployed."""
    world = World(template, given, pseudo)
    return frozenset([*exported(world), *(output_of(pseudo.stack_name, name) for name in _outputs(world))])


def output_of(stack: str, name: str) -> str:
    return f"{stack}.{name}"


def imports_of(template: Template, given: Mapping[str, str], pseudo: Pseudo) -> frozenset[str]:
    """The names under every Fn::ImportValue and Fn::GetStackOutput of a resource or output whose condition may hold."""
    world = World(template, given, pseudo)
    waiting: list[Any] = [world.value(resource) for resource in world.resources.values()]
    waiting += [world.value({"Value": output.get("Value")}) for output in _outputs(world).values()]
    found = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found |= {name for name in (one.get("Fn::ImportValue"), _read(one, pseudo)) if isinstance(name, str)}
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return frozenset(found)


def _outputs(world: World) -> dict[str, Any]:
    outputs = world.section("Outputs").items()
    return {name: one for name, one in outputs if world.condition(one.get("Condition")) is not False}


def _read(value: dict[str, Any], pseudo: Pseudo) -> str | None:
    """The output of a stack of the same account and region."""
    asked = value.get("Fn::GetStackOutput")
    if not isinstance(asked, dict) or "RoleArn" in asked or asked.get("Region", pseudo.region) != pseudo.region:
        return None
    stack, name = asked.get("StackName"), asked.get("OutputName")
    return output_of(stack, name) if isinstance(stack, str) and isinstance(name, str) else None
