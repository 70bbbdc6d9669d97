"""Exports of a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.values import show


def exported(world: World) -> dict[str, tuple[str, Any]]:
    """Name → (the output that makes it, its value), where the name is known."""
    return {
        name: (output_name, world.value(world.section("Outputs")[output_name].get("Value")))
        for name, output_name in named_by(world)
        if isinstance(name, str)
    }


def shown(world: World) -> list[str]:
    """The names as people read them: the name of the stack in them may not be known."""
    return [show(name) for name, _ in named_by(world)]


def named_by(world: World) -> Iterator[tuple[Any, str]]:
    """The name of each export, and the output that makes it."""
    for output_name, output in world.section("Outputs").items():
        if world.condition(output.get("Condition")) is not False and isinstance(output.get("Export"), dict):
            yield world.value(output["Export"].get("Name")), output_name
