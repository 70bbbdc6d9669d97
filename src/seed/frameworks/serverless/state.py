r"""The framework's state file: what it knew of the service when it packaged it.

The framework writes an object that it meets a second time as a pointer, `{"$ref": "$[\"service\"][0]"}`.
Pointers are followed a bounded number of times: the file was written beside other people's code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seed.frameworks.errors import OutputNotReadable

STATE = "serverless-state.json"
STEP = re.compile(r'\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\]')
MOST_HOPS = 16


@dataclass(frozen=True, slots=True)
class State:
    """Read by path: `state.mapping("service", "provider")`."""

    document: dict[str, Any]

    def at(self, *path: str) -> Any:
        """The value at a path of names, pointers followed; None where there is none."""
        value: Any = self.document
        for name in path:
            value = self.follow(value)
            value = value.get(name) if isinstance(value, dict) else None
        return self.follow(value)

    def mapping(self, *path: str) -> Mapping[str, Any]:
        """As `at`, with the pointers of its values followed; empty where it is no mapping."""
        found = self.at(*path)
        return {k: self.follow(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def text(self, *path: str) -> str:
        found = self.at(*path)
        return found if isinstance(found, str) else ""

    def follow(self, value: Any) -> Any:
        for _ in range(MOST_HOPS):
            if not (isinstance(value, dict) and list(value) == ["$ref"] and isinstance(value["$ref"], str)):
                return value
            value = self._pointed(value["$ref"])
        return None

    def _pointed(self, pointer: str) -> Any:
        value: Any = self.document
        for name, index in STEP.findall(pointer.removeprefix("$")):
            value = self.follow(value)
            if isinstance(value, list) and index and int(index) < len(value):
                value = value[int(index)]
            elif isinstance(value, dict) and not index:
                value = value.get(json.loads(f'"{name}"'))
            else:
                return None
        return value


def read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        raise OutputNotReadable(
            f"The framework did not write a readable {path.name}.", hint="Look at the end of its output."
        ) from None
    if not isinstance(data, dict):
        raise OutputNotReadable(f"{path.name} is not what it should be.")
    return data


def read_state(out: Path) -> State:
    return State(read_json(out / STATE))
