"""The folders that count for a service: its own, and those above it up to the root of the checkout."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from seed.frameworks.errors import ConfigNotReadable

LARGEST = 1_000_000


def places(service_path: str) -> list[str]:
    """Root first, as POSIX paths relative to the tree; "" is the root itself."""
    parts = PurePosixPath(service_path).parts
    if ".." in parts or service_path.startswith("/"):
        raise ConfigNotReadable("The service's path leads out of the repository.", where=repr(service_path))
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def read_package_json(tree: Path, folder: str) -> dict[str, Any]:
    """Empty where there is none."""
    path = tree / folder / "package.json"
    where = f"{folder}/package.json".lstrip("/")
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text()) if path.stat().st_size <= LARGEST else None
    except (OSError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise ConfigNotReadable(
            "package.json does not parse.",
            hint="Mend the file and push again.",
            where=f"{where}:{line}" if line else where,
        ) from None
    if not isinstance(data, dict):
        raise ConfigNotReadable("package.json is not a mapping.", where=where)
    return data


def dependencies(package_json: dict[str, Any]) -> set[str]:
    kinds = (package_json.get(kind) for kind in ("dependencies", "devDependencies", "optionalDependencies"))
    return {name for given in kinds if isinstance(given, dict) for name in given}
