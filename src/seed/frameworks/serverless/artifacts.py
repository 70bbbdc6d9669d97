"""Which local file belongs to each S3 key that the framework wrote into the template.

The framework uploads everything of one deployment below one prefix that carries a clock. What lies in
other places of S3 is the user's own, and none of our business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import Template
from seed.frameworks.errors import OutputNotReadable
from seed.frameworks.serverless.state import State

KEY_END = r"[^\s\"'?#]+"
PASSED_OVER = frozenset({"node_modules", ".git"})


def find_artifacts(out: Path, template: Template, state: State, source: Path | None) -> dict[str, Path]:
    """S3 key → file. A key without a file is an error: CloudFormation would fail on it much later."""
    brought = _brought(state, source)
    found: dict[str, Path] = {}
    waiting = [template]
    while waiting:
        for key in sorted(set(_keys(waiting.pop(), _prefix(state))) - set(found)):
            found[key] = _file(key, out, brought, source)
            nested = _nested(found[key])
            if nested is not None:
                waiting.append(nested)
    return found


def _prefix(state: State) -> str:
    """`<deploymentPrefix>/<service>/<stage>/`, the part without the clock: a layer may keep an older key."""
    return state.text("package", "artifactDirectoryName").rpartition("/")[0] + "/"


def _keys(value: Any, prefix: str) -> Iterator[str]:
    """Every key below the prefix, whole or inside of an address."""
    pattern = re.compile(re.escape(prefix) + KEY_END)
    for text in _strings(value):
        yield from pattern.findall(text) if prefix in text and len(prefix) > 1 else ()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _file(key: str, out: Path, brought: Mapping[str, Path], source: Path | None) -> Path:
    name = key.rpartition("/")[2]
    made = out / name
    if made.is_file() and not made.is_symlink():
        return made
    if name in brought:
        return brought[name]
    lying = _lying(name, source) if source is not None else []
    if len(lying) == 1:
        return lying[0]
    raise OutputNotReadable(
        f"The template points to {name}, which the framework did not make."
        if not lying
        else f"The template points to {name}, and there are {len(lying)} files of that name.",
        hint="Is package.artifact right? Artifacts in S3 are not fetched; each needs a name of its own.",
        where=key,
    )


def _brought(state: State, source: Path | None) -> dict[str, Path]:
    """Artifacts that the repository or a plugin brings: `package.artifact` of functions and layers."""
    if source is None:
        return {}
    found: dict[str, Path] = {}
    for kind in ("functions", "layers"):
        for name in state.mapping("service", kind):
            given = state.text("service", kind, name, "package", "artifact")
            path = _within(source, given) if given else None
            if path is not None:
                found[path.name] = path
    return found


def _lying(name: str, source: Path) -> list[Path]:
    """A service's own `package.artifact` is told by its name only: look for it."""
    return [
        path
        for path in source.rglob(re.sub(r"([*?[])", r"[\1]", name))
        if not PASSED_OVER & set(path.relative_to(source).parts) and _within(source, str(path)) is not None
    ]


def _within(source: Path, given: str) -> Path | None:
    """A regular file inside of the service's folder, links followed."""
    path = (source / given).resolve()
    return path if path.is_file() and path.is_relative_to(source.resolve()) else None


def _nested(path: Path) -> Template | None:
    """A template that plugins split off, which points to files of its own."""
    import json

    if path.suffix != ".json":
        return None
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("Resources"), dict) else None
