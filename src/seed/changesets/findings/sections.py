"""What CloudFormation refuses of outputs, mappings, names and imports before it looks at any resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.findings.exports import named_by
from seed.changesets.include import LANGUAGE
from seed.changesets.resource import mentioned
from seed.changesets.template import LOOP
from seed.changesets.values import is_intrinsic, show

SHOWN = 100
Wrong = tuple[str, str, str]
"""Where, what, and the name of the resource that it is said of."""


def of_sections(world: World) -> Iterator[Wrong]:
    yield from _names(world)
    yield from _values(world)
    yield from _exports(world)
    yield from _mappings(world)


def _names(world: World) -> Iterator[Wrong]:
    for name in world.section("Parameters").keys() & world.section("Resources").keys():
        yield f"Parameters/{name[:SHOWN]}", f"{name[:SHOWN]} is a parameter and a resource too", name


def _values(world: World) -> Iterator[Wrong]:
    """A list or an object, and nothing that makes a text of it."""
    for name, output in world.section("Outputs").items():
        written = output.get("Value")
        if isinstance(written, dict | list) and world.condition(output.get("Condition")) is not False:
            value = world.value(written)
            if isinstance(value, list) or (isinstance(value, dict) and not is_intrinsic(value)):
                kind = "a list" if isinstance(value, list) else "an object"
                yield f"Outputs/{name[:SHOWN]}/Value", f"the output {name[:SHOWN]} is {kind}, and must be a text", ""


def _exports(world: World) -> Iterator[Wrong]:
    first: dict[str, str] = {}
    for value, name in named_by(world):
        certain = world.condition(world.section("Outputs")[name].get("Condition"))
        other = first.setdefault(show(value), name) if certain else name  # one may be there instead of the other
        if other != name:
            what = f"the outputs {other[:SHOWN]} and {name[:SHOWN]} are exported under one name"
            yield f"Outputs/{name[:SHOWN]}/Export", what, ""
        written = world.section("Outputs")[name]["Export"].get("Name")
        yield from _later(world, written, f"Outputs/{name[:SHOWN]}/Export", f"the export of {name[:SHOWN]}")


def imports(world: World, asked: list[Any]) -> Iterator[Wrong]:
    """`asked`: what is written under each Fn::ImportValue."""
    for one in asked:
        yield from _later(world, one, "Fn::ImportValue", "Fn::ImportValue")


def _later(world: World, written: Any, place: str, what: str) -> Iterator[Wrong]:
    for name in dict.fromkeys(mentioned(written)):
        resource = name.partition(".")[0]
        if resource in world.known and resource not in world.section("Parameters"):
            yield place, f"{what} is named by the resource {resource[:SHOWN]}, which is made only later", ""


def _mappings(world: World) -> Iterator[Wrong]:
    """A name, a key, another key, and a text or a list of some."""
    if LANGUAGE in world.macros:
        return
    for name, entries in world.section("Mappings").items():
        for key, pairs in entries.items():
            if key.startswith((LOOP, "Fn::")):
                continue
            place = f"Mappings/{name[:SHOWN]}/{key[:SHOWN]}"
            if not isinstance(pairs, dict):
                yield place, f"the mapping {name[:SHOWN]} has no keys below {key[:SHOWN]}", ""
                continue
            deep = [one for one, value in pairs.items() if isinstance(value, dict) and not one.startswith("Fn::")]
            for one in deep[:1]:
                what = f"the mapping {name[:SHOWN]} has an object for {key[:SHOWN]}.{one[:SHOWN]}, where a text belongs"
                yield f"{place}/{one[:SHOWN]}", what, ""
