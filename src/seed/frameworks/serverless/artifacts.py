"""Which local file belongs to each S3 key that the framework wrote into the template.

The framework uploads everything of one deployment below one prefix that carries a clock. What lies in
other places of S3 is the user's own, and none of our business.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import Template
from seed.frameworks.errors import OutputNotReadable
from seed.frameworks.serverless.state import State
from seed.frameworks.texts import texts

KEY_END = r"[^\s\"'?#/]+/[^\s\"'?#]+"
PASSED_OVER = frozenset({"node_modules", ".git"})


@dataclass(frozen=True, slots=True)
class Folders:
    """Where artifacts may lie: the framework's output, then the service's folder inside of its checkout."""

    out: Path
    source: Path | None = None
    tree: Path | None = None

    def within(self, given: str) -> Path | None:
        """A regular file inside of the checkout, links followed."""
        if self.source is None:
            return None
        path = (self.source / given).resolve()
        bound = (self.tree or self.source).resolve()
        return path if path.is_file() and path.is_relative_to(bound) else None


def find_artifacts(folders: Folders, template: Template, state: State) -> dict[str, Path]:
    """S3 key → file. A key without a file is an error: CloudFormation would fail on it much later."""
    brought = list(_brought(state, folders))
    found: dict[str, Path] = {}
    waiting = [template]
    while waiting:
        for key in sorted(set(_keys(waiting.pop(), _prefix(state))) - set(found)):
            found[key] = _file(key, folders, brought)
            nested = _nested(found[key])
            if nested is not None:
                waiting.append(nested)
    return found


def _prefix(state: State) -> str:
    """`<deploymentPrefix>/<service>/<stage>/`, the part without the clock: a layer may keep an older key."""
    return state.text("package", "artifactDirectoryName").rpartition("/")[0] + "/"


def _keys(value: Any, prefix: str) -> Iterator[str]:
    """Every key below the prefix, whole or inside of an address: folder with a clock, then the file."""
    pattern = re.compile(re.escape(prefix) + KEY_END)
    for text in texts(value):
        yield from pattern.findall(text) if prefix in text and len(prefix) > 1 else ()


def _file(key: str, folders: Folders, brought: list[Path]) -> Path:
    name = key.rpartition("/")[2]
    made = folders.out / name
    if made.is_file() and not made.is_symlink():
        return made
    lying = {path for path in brought if path.name == name} or set(_lying(name, folders))
    if len(lying) == 1:
        return lying.pop()
    raise OutputNotReadable(
        f"The template points to {name}, and {len(lying)} different files have that name."
        if lying
        else f"The template points to {name}, which the framework did not make.",
        hint="Is package.artifact right? Artifacts in S3 are not fetched; each needs a name of its own.",
        where=key,
    )


def _brought(state: State, folders: Folders) -> Iterator[Path]:
    """Artifacts that the repository or a plugin brings: `package.artifact` of functions and layers."""
    for kind in ("functions", "layers"):
        for name in state.mapping("service", kind):
            given = state.text("service", kind, name, "package", "artifact")
            path = folders.within(given) if given else None
            if path is not None:
                yield path


def _lying(name: str, folders: Folders) -> Iterator[Path]:
    """The artifact of a whole service is told by its name only: look for it."""
    for root, below, files in os.walk(folders.source) if folders.source else ():
        below[:] = [folder for folder in below if folder not in PASSED_OVER]
        path = folders.within(str(Path(root) / name)) if name in files else None
        if path is not None:
            yield path


def _nested(path: Path) -> Template | None:
    """A template that plugins split off, which points to files of its own."""
    if path.suffix != ".json":
        return None
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("Resources"), dict) else None
