"""How big a template is, against what CloudFormation takes."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.evaluate import World

SECTIONS = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}
BYTES = 1_048_576


def sizes(world: World) -> Iterator[tuple[str, int, int]]:
    """(what, how many, how many at most)."""
    for section, most in SECTIONS.items():
        yield section.lower(), len(world.section(section)), most
    yield "bytes", bytes_of(world), BYTES


def bytes_of(world: World) -> int:
    """As the shortest JSON that says the same: no way of writing it makes it smaller."""
    return len(world.first.text.encode(errors="replace"))
