"""The workspace of a commit, read from the mirror without running anything of it: which packages there are,
and which of them depend on which.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

import yaml

from seed.builds.changed import Workspace
from seed.errors import Invalid
from seed.git import Mirror

LARGEST = 1_000_000
MOST_PACKAGES = 2000
ROOTS = ("package.json", "lerna.json", "pnpm-workspace.yaml")
NEEDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


class NoWorkspace(Invalid):
    """The repository does not have the kind of workspace that the app is set to."""

    code = "no-workspace"


def read_workspace(mirror: Mirror, commit: str, files: set[str], way: str) -> Workspace:
    """Also private packages. The root is no package: its files are everybody's."""
    roots = mirror.read_files(commit, [path for path in ROOTS if path in files])
    globs = patterns(way, lambda path: roots.get(path) or "")
    folders = sorted(
        folder
        for path in files
        if PurePosixPath(path).name == "package.json" and (folder := path.removesuffix("package.json").rstrip("/"))
        if "node_modules" not in folder.split("/") and matches(folder, globs)
    )
    if not folders or len(folders) > MOST_PACKAGES:
        raise NoWorkspace(f"the repository has no {way} workspace that can be read, so every service is deployed")
    texts = mirror.read_files(commit, [f"{folder}/package.json" for folder in folders])
    found = {folder: parsed_json(texts.get(f"{folder}/package.json") or "") for folder in folders}
    names = {folder: _name(folder, package) for folder, package in found.items()}
    known = set(names.values())
    needs = {
        names[folder]: frozenset(
            name for kind in NEEDS for name in (package.get(kind) if isinstance(package.get(kind), dict) else {}) or {}
        )
        & known
        for folder, package in found.items()
    }
    return Workspace(names, needs)


def patterns(way: str, read: Callable[[str], str]) -> list[str]:
    """The globs under which packages lie; those starting with `!` take away."""
    found: Any = None
    if way == "pnpm":
        found = _yaml(read("pnpm-workspace.yaml")).get("packages")
    elif way == "lerna":
        lerna = parsed_json(read("lerna.json"))
        found = lerna.get("packages")
        if found is None and lerna.get("npmClient") == "pnpm":
            found = _yaml(read("pnpm-workspace.yaml")).get("packages")
    if found is None and way != "pnpm":
        found = parsed_json(read("package.json")).get("workspaces")
        if isinstance(found, dict):
            found = found.get("packages")
    globs = found if isinstance(found, list) else []
    return [glob.removeprefix("./").rstrip("/") for glob in globs if isinstance(glob, str)]


def matches(folder: str, globs: list[str]) -> bool:
    """As npm and pnpm read them: `*` is one folder, `**` any number of them."""
    inside = [glob for glob in globs if not glob.startswith("!")]
    outside = [glob[1:].removeprefix("./").rstrip("/") for glob in globs if glob.startswith("!")]
    return any(_fits(folder.split("/"), g.split("/")) for g in inside) and not any(
        _fits(folder.split("/"), g.split("/")) for g in outside
    )


def _fits(parts: list[str], glob: list[str]) -> bool:
    reach = {0}
    for part in parts:
        reach = {at for at in _past_stars(reach, glob) for at in _step(at, part, glob)}
    return len(glob) in _past_stars(reach, glob)


def _past_stars(reach: set[int], glob: list[str]) -> set[int]:
    """`**` may stand for nothing."""
    found = set(reach)
    for at in range(len(glob)):
        if at in found and glob[at] == "**":
            found.add(at + 1)
    return found


def _step(at: int, part: str, glob: list[str]) -> set[int]:
    if at >= len(glob):
        return set()
    if glob[at] == "**":
        return {at}
    return {at + 1} if fnmatchcase(part, glob[at]) else set()


def _name(folder: str, package: dict[str, Any]) -> str:
    name = package.get("name")
    return name if isinstance(name, str) and name else folder


def parsed_json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if 0 < len(text) <= LARGEST else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _yaml(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text) if 0 < len(text) <= LARGEST and "&" not in text else {}
    except (yaml.YAMLError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
