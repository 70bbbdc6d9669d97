"""Exports of a template: name → (the output that makes it, its value)."""

from __future__ import annotations

from typing import Any

from seed.changesets.evaluate import World


def exported(world: World) -> dict[str, tuple[str, Any]]:
    found = {}
    for output_name, output in world.section("Outputs").items():
        if world.condition(output.get("Condition")) is not False and isinstance(output.get("Export"), dict):
            name = world.value(output["Export"].get("Name"))
            if isinstance(name, str):
                found[name] = (output_name, world.value(output.get("Value")))
    return found
