"""Which properties a type takes and needs, nested ones included. A service is unpacked when first asked for.

Written by scripts/rules/generate.py; PROVENANCE.md says how.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("shapes.bin")
Code = int | str | list[Any] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    takes: Mapping[str, Code]
    needs: tuple[str, ...]
    service: str

    def inside(self, code: Code) -> Shape | None:
        """The shape of an object at a property; None where there is none."""
        return _shape(self.service, code - 1) if isinstance(code, int) and code > 0 else None


def shape(resource_type: str) -> Shape | None:
    """None: nobody told."""
    service = ([*resource_type.split("::"), ""])[1]
    number = _service(service).get("T", {}).get(resource_type) if resource_type.startswith("AWS::") else None
    return None if number is None else _shape(service, number)


def _shape(service: str, number: int) -> Shape:
    takes, needs = _service(service)["S"][number]
    return Shape(takes, tuple(needs), service)


@cache
def _index() -> tuple[dict[str, tuple[int, int]], int]:
    with FILE.open("rb") as file:
        line = file.readline()
    return json.loads(line), len(line)


@cache
def _service(name: str) -> dict[str, Any]:
    index, start = _index()
    if name not in index:
        return {}
    at, size = index[name]
    with FILE.open("rb") as file:
        file.seek(start + at)
        found: dict[str, Any] = json.loads(zlib.decompress(file.read(size)))
    return found
