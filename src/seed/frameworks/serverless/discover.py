"""Find every service of a tree: the folders with a framework's configuration in them."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import ConfigNotReadable, NoServiceFound
from seed.frameworks.serverless.config import read_config

CONFIGS = ("serverless.yml", "serverless.yaml", "serverless.json", "serverless.js", "serverless.ts")
SKIPPED = frozenset({"node_modules", ".git", ".serverless", ".venv", "venv", "__pycache__"})
DEEPEST = 12
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


def discover(tree: Path) -> list[FoundService]:
    """By path, each with a name of its own."""
    found = [_service(tree, folder, config) for folder, config in _configs(tree)]
    if not found:
        raise NoServiceFound(
            "No service was found in this repository.",
            hint="Seed looks for serverless.yml, .yaml, .json, .js or .ts in every folder.",
        )
    return list(_told_apart(found))


def _configs(tree: Path) -> Iterator[tuple[Path, str]]:
    """Links are not followed, so nothing outside of the tree is looked at."""
    for root, folders, files in os.walk(tree):
        folder = Path(root)
        depth = len(folder.relative_to(tree).parts)
        folders[:] = sorted(f for f in folders if f not in SKIPPED) if depth < DEEPEST else []
        config = next((name for name in CONFIGS if name in files and not (folder / name).is_symlink()), None)
        if config:
            yield folder, config


def _service(tree: Path, folder: Path, config: str) -> FoundService:
    path = folder.relative_to(tree).as_posix()
    path = "" if path == "." else path
    if not path.isprintable():
        raise ConfigNotReadable("A folder with a service has a name that cannot be shown.", where=ascii(path))
    name = folder.name if path else ""
    if not config.endswith((".js", ".ts")):
        name = _name(read_config(folder / config, where=f"{path}/{config}".lstrip("/"))) or name
    if not NAME.fullmatch(name):
        name = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "service"
    return FoundService(path, config, name)


def _name(config: dict[str, Any]) -> str:
    service = config.get("service")
    if isinstance(service, dict):
        service = service.get("name")
    return service if isinstance(service, str) and NAME.fullmatch(service) else ""


def _told_apart(found: list[FoundService]) -> Iterator[FoundService]:
    """One name each: where two carry the same, the path is added, and a number where that is not enough."""
    shared = {name for name, times in Counter(service.name for service in found).items() if times > 1}
    taken = {service.name for service in found} - shared
    for service in found:
        name = service.name
        if name in shared:
            folder = re.sub(r"[^A-Za-z0-9-]+", "-", service.path).strip("-") or "root"
            name = next(n for n in _numbered(f"{name}-{folder}") if n not in taken)
        taken.add(name)
        yield replace(service, name=name)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))
