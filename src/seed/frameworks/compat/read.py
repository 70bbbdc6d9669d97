"""Read from a checkout what a report needs. Sizes are bounded, links out of the tree are not followed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from seed.frameworks.assembly import FoundService
from seed.frameworks.compat.model import Manifest, Sources
from seed.frameworks.errors import ConfigNotReadable
from seed.frameworks.serverless.config import read_config
from seed.frameworks.serverless.places import places, read_package_json

LARGEST_LOCK = 20_000_000
LARGEST = 1_000_000
DOTENV = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.MULTILINE)
YARN = re.compile(r'^"?((?:@[\w.-]+/)?[\w.-]+)@', re.MULTILINE)
PNPM = re.compile(r"^ {2,6}['\"]?/?((?:@[\w.-]+/)?[\w.-]+)(?:[@/:]|['\"]:)", re.MULTILINE)


def read_sources(tree: Path, service: FoundService, environment: Iterable[str]) -> Sources:
    """`environment`: the names that the service's builds have."""
    folder = f"{service.path}/" if service.path else ""
    file = f"{folder}{service.config}"
    text = _text(tree, file, LARGEST)
    config = {}
    if not service.config.endswith((".js", ".ts")):
        config = read_config(tree / file, where=file)
    names = set(environment)
    if config.get("useDotenv") is True:
        names |= set(DOTENV.findall(_text(tree, f"{folder}.env", LARGEST)))
    near_first = list(reversed(places(service.path)))
    locks = [found for place in near_first for found in _locks(tree, place)]
    return Sources(
        service=service.name,
        file=file,
        text=text,
        config=config,
        manifests=tuple(_manifests(tree, near_first)),
        locked=frozenset().union(*locks) if locks else None,
        environment=frozenset(names),
    )


def _manifests(tree: Path, folders: Iterable[str]) -> Iterator[Manifest]:
    for folder in folders:
        file = f"{folder}/package.json".lstrip("/")
        try:
            data = read_package_json(tree, folder)
        except ConfigNotReadable:
            continue
        if data:
            yield Manifest(file, _text(tree, file, LARGEST), data)


def _locks(tree: Path, folder: str) -> Iterator[frozenset[str]]:
    """The names in each lock file that lies there."""
    prefix = f"{folder}/" if folder else ""
    for name in ("package-lock.json", "npm-shrinkwrap.json"):
        if text := _text(tree, f"{prefix}{name}", LARGEST_LOCK):
            yield _npm(text)
    for name, pattern in (("yarn.lock", YARN), ("pnpm-lock.yaml", PNPM)):
        if text := _text(tree, f"{prefix}{name}", LARGEST_LOCK):
            yield frozenset(pattern.findall(text))


def _npm(text: str) -> frozenset[str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return frozenset()
    data = data if isinstance(data, dict) else {}
    packages, old = data.get("packages"), data.get("dependencies")
    names = {key.rpartition("node_modules/")[2] for key in packages} if isinstance(packages, dict) else set()
    return frozenset(names | (set(old) if isinstance(old, dict) else set()))


def _text(tree: Path, file: str, largest: int) -> str:
    path = tree / file
    try:
        if not path.resolve().is_relative_to(tree.resolve()) or not path.is_file() or path.stat().st_size > largest:
            return ""
        return path.read_text(errors="replace")
    except OSError:
        return ""
