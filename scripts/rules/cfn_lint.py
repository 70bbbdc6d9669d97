"""What `cfn-lint` ships of the CloudFormation registry: which types each region has, and their schemas.

Its wheel (pinned below, MIT-0) is downloaded and read as data: no code of it runs.
"""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any

VERSION = "1.58.0"
DATA = "cfnlint/data/"
SCHEMAS = f"{DATA}schemas/"
GETATTS = "cfnlint/schema/_getatts.py"
LARGEST = "us-east-1"
"""The region that has nearly every type, and has it first."""
NO_REGION = "sam"


class CfnLint:
    """One version of the package."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", folder]
            subprocess.run([*command, f"cfn-lint=={VERSION}"], check=True)
            self._wheel = zipfile.ZipFile(io.BytesIO(next(Path(folder).glob("*.whl")).read_bytes()))

    @cached_property
    def regions(self) -> dict[str, dict[str, str]]:
        """Region → type → its schema. Those whose list is that of the largest to the letter were never asked."""
        names = [name for name in self._wheel.namelist() if name.startswith(f"{SCHEMAS}providers/")]
        found = {Path(name).stem: self._read(name) for name in names if name.endswith(".json")}
        return {
            region: types
            for region, types in sorted(found.items())
            if region == LARGEST or (region != NO_REGION and types != found[LARGEST])
        }

    def facts(self) -> dict[str, dict[str, Any]]:
        """Type → `create_only`, `conditional`: paths below the properties, `*` for what a list holds; `takes`: the
        properties that a template may give; `answers`: what Fn::GetAtt may ask, up to the first dot; `tags_updatable`
        of types that the registry itself handles, which their schema shows by saying it and by a handler that reads.
        """
        known = {kind: schema for types in self.regions.values() for kind, schema in types.items()}
        known |= self.regions[LARGEST]
        found = {kind: _facts(self._read(f"{SCHEMAS}resources/{known[kind]}.json")) for kind in sorted(known)}
        for kind, names in self._answered().items():
            if kind in found:
                found[kind]["answers"] += found[kind]["takes"] if names is None else names
        return found

    def _answered(self) -> dict[str, list[str] | None]:
        """Type → properties that Fn::GetAtt answers beside those that are read-only; None: all of them."""
        told = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in ast.parse(self._wheel.read(GETATTS)).body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        return {**told["_exceptions"], **dict.fromkeys(told["_all_property_types"])}

    def published(self) -> str:
        """The day of its data: `2026-10-20`."""
        return str(self._read(f"{SCHEMAS}version.json")["schema_date"])[:10]

    def runtimes(self) -> dict[str, dict[str, str | None]]:
        """Runtime → `deprecated`, `create-block`, `update-block`: days, as the Lambda developer guide has them."""
        found: dict[str, dict[str, str | None]] = self._read(f"{DATA}AdditionalSpecs/LmbdRuntimeLifecycle.json")
        return found

    def _read(self, name: str) -> Any:
        return json.loads(self._wheel.read(name))


def _facts(schema: dict[str, Any]) -> dict[str, Any]:
    lists = {"create_only": "createOnlyProperties", "conditional": "conditionalCreateOnlyProperties"}
    found: dict[str, Any] = {key: [_path(one) for one in schema.get(name, [])] for key, name in lists.items()}
    answered = {_path(one) for one in schema.get("readOnlyProperties", [])}
    found["answers"] = [path.split("/")[0] for path in answered]
    found["takes"] = [name for name in schema.get("properties", {}) if name not in answered]
    updatable = schema.get("tagging", {}).get("tagUpdatable")
    handled = updatable is not None and "read" in schema.get("handlers", {})
    return {**found, "tags_updatable": updatable} if handled else found


def _path(pointer: str) -> str:
    return pointer.removeprefix("/properties/").replace("/items/", "/*/").replace("/properties/", "/")
