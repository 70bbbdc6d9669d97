"""Which properties a type takes and needs, nested ones included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from seed.changesets.rules.services import NUMBERS, SHAPES, service, service_name

Code = int | str | list[Any] | dict[str, Any]


class Shape(NamedTuple):
    takes: Mapping[str, Code]
    needs: tuple[str, ...]
    service: str

    def inside(self, code: Code) -> Shape | None:
        """The shape of an object at a property; None where there is none."""
        return _shape(self.service, code - 1) if isinstance(code, int) and code > 0 else None


def shape(resource_type: str) -> Shape | None:
    """None: nobody told."""
    name = service_name(resource_type)
    number = service(name).get(NUMBERS, {}).get(resource_type)
    return None if number is None else _shape(name, number)


def _shape(name: str, number: int) -> Shape:
    takes, needs = service(name)[SHAPES][number]
    return Shape(takes, tuple(needs), name)
