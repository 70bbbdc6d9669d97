"""The files in which repositories name versions of node and python: nvm's, nodenv's, pyenv's, asdf's, mise's.

They are a stranger's: read up to a size, never through a link, and what is not a version is passed over.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seed.frameworks.serverless.places import places

LARGEST = 65_536
NAMES = {"node": "node", "nodejs": "node", "python": "python"}
LTS = {
    "argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14", "gallium": "16",
    "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
}  # fmt: skip
VERSION = re.compile(r"v?([0-9]{1,5}(?:\.[0-9]{1,5}){0,2})")


@dataclass(frozen=True, slots=True)
class Asked:
    """`firm` is an order; else the nearest will do."""

    name: str
    version: str
    where: str
    firm: bool = False
    service: str = ""


def asked_by_files(tree: Path, service_path: str) -> list[Asked]:
    """One for each program: the folder nearest to the service has the word."""
    found: dict[str, Asked] = {}
    for folder in reversed(list(places(service_path))):
        for one in _in(tree, folder):
            found.setdefault(one.name, one)
    return list(found.values())


def _in(tree: Path, folder: str) -> Iterator[Asked]:
    for file, read in READERS.items():
        text = _text(tree, tree / folder / file)
        for name, wanted in read(text) if text else ():
            version = _version(wanted)
            if version:
                yield Asked(name, version, f"{folder}/{file}" if folder else file)


def _one(name: str, text: str) -> list[tuple[str, str]]:
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return [(name, next((line for line in lines if line), ""))]


def _tool_versions(text: str) -> list[tuple[str, str]]:
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    return [(NAMES[words[0]], words[1]) for words in lines if len(words) > 1 and words[0] in NAMES]


def _mise(text: str) -> list[tuple[str, str]]:
    try:
        tools = tomllib.loads(text).get("tools")
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    found = []
    for name, given in (tools if isinstance(tools, dict) else {}).items():
        first = given[0] if isinstance(given, list) and given else given
        version = first.get("version") if isinstance(first, dict) else first
        if name in NAMES and isinstance(version, str):
            found.append((NAMES[name], version))
    return found


READERS = {
    ".nvmrc": lambda text: _one("node", text),
    ".node-version": lambda text: _one("node", text),
    ".python-version": lambda text: _one("python", text),
    "mise.toml": _mise,
    ".mise.toml": _mise,
    ".tool-versions": _tool_versions,
}


def _version(wanted: str) -> str:
    """`lts/iron` is a line of node; `lts/*`, `system` and `node` ask for nothing in particular."""
    name = wanted.lower().removeprefix("lts/").removeprefix("lts-")
    found = VERSION.fullmatch(LTS.get(name, wanted))
    return found[1] if found else ""


def _text(tree: Path, path: Path) -> str:
    if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(tree.resolve()):
        return ""
    return path.read_text(errors="replace") if path.stat().st_size <= LARGEST else ""
