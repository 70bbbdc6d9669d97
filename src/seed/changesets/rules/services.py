"""What is known of the types of one service: unpacked when first asked for, since a template meets few of them.

Written by scripts/rules/generate.py; PROVENANCE.md says how.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("types.bin")
RULES, ATTRIBUTES, NUMBERS, SHAPES = "R", "G", "T", "S"


def service_of(resource_type: str) -> dict[str, Any]:
    """By its `RULES`, `ATTRIBUTES`, `NUMBERS` and `SHAPES`; empty where nobody told of it."""
    return service(service_name(resource_type))


def service_name(resource_type: str) -> str:
    return resource_type.partition("::")[2].partition("::")[0]


def every_type() -> list[str]:
    """Every type that is known. All services are unpacked for it."""
    return [kind for name in _index()[0] for kind in service(name)[RULES]]


@cache
def service(name: str) -> dict[str, Any]:
    index, start = _index()
    if name not in index:
        return {}
    at, size = index[name]
    with FILE.open("rb") as file:
        file.seek(start + at)
        found: dict[str, Any] = json.loads(zlib.decompress(file.read(size)))
    return found


@cache
def _index() -> tuple[dict[str, tuple[int, int]], int]:
    with FILE.open("rb") as file:
        line = file.readline()
    return json.loads(line), len(line)
