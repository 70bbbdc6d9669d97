"""What services need of each other, read from their configuration: imports of exports, outputs of other stacks
(`Fn::GetStackOutput`, `${cf:stack.output}`), and serverless-compose files.

Names with variables in them are compared by shape: `users-${sls:stage}-table` and `users-${opt:stage}-table`
are both `users-*-table`. What is found is a proposal to a person, never an order that is kept unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import ConfigNotReadable
from seed.frameworks.serverless.config import DEEPEST, MOST_ALIASES, read_text

COMPOSE = ("serverless-compose.yml", "serverless-compose.yaml", "serverless-compose.json")
VARIABLE = re.compile(r"\$\{[^${}]*\}")
CF = re.compile(r"\$\{cf(?:\([^)]*\)|\.[\w-]+)?:((?:[^{}]|\$\{[^{}]*\})+?)\.[\w-]+(?:,[^{}]*)?\}")
FILE = re.compile(r"\$\{file\(([^)]+)\)(?::([\w.]+))?\}")
OUTPUT = re.compile(r"\$\{([\w-]+)\.[\w.-]+\}")
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Need:
    """`because` is what was read: the import, the stack, the compose file."""

    service: str
    needs: str
    because: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """What one service's configuration says, names as shapes."""

    stacks: frozenset[str]
    """Its own stack's name, as others may write it."""
    exports: frozenset[str]
    imports: frozenset[str]
    foreign_stacks: frozenset[str]


def needs_of(tree: Path, services: Sequence[FoundService]) -> list[Need]:
    """By service; each pair once, with the first reason found."""
    mentions = {service.name: _mentions(tree, service) for service in services}
    found = [*matched(mentions), *_composed(tree, services)]
    first: dict[tuple[str, str], Need] = {}
    for need in found:
        first.setdefault((need.service, need.needs), need)
    return [first[key] for key in sorted(first)]


def matched(mentions: Mapping[str, Mentions]) -> Iterator[Need]:
    """Pure: who exports what another one imports, whose stack another one reads."""
    for name, said in mentions.items():
        for other, theirs in mentions.items():
            if other == name:
                continue
            for shape in sorted(said.imports & theirs.exports):
                yield Need(name, other, f"imports {shape}")
            for shape in sorted(said.foreign_stacks & theirs.stacks):
                yield Need(name, other, f"reads outputs of the stack {shape}")


def shape(text: str, service: str) -> str:
    """The name with its variables as `*`; '' where nothing but variables is left."""
    text = re.sub(r"\$\{self:service(\.name)?\}", service, text).replace("${AWS::StackName}", f"{service}-*")
    while VARIABLE.search(text):
        text = VARIABLE.sub("*", text)
    text = re.sub(r"\*+", "*", text)
    return text if text.strip("*-_:. ") else ""


def _mentions(tree: Path, service: FoundService) -> Mentions:
    folder = tree / service.path
    reader = _Reader(tree, folder)
    try:
        data = reader.load(folder / service.config) if not service.config.endswith((".js", ".ts")) else {}
    except ConfigNotReadable:
        data = {}
    data = data if isinstance(data, dict) else {}
    own = data.get("service")
    own = own.get("name") if isinstance(own, dict) else own
    name = own if isinstance(own, str) else service.name
    stack = (data.get("provider") or {}).get("stackName") if isinstance(data.get("provider"), dict) else None
    whole = reader.whole(data)
    imports, foreign = set(), set()
    for key, value in _walk(whole):
        if key == "Fn::ImportValue":
            imports.add(shape(_text(value), name))
        if key == "Fn::GetStackOutput" and isinstance(value, dict):
            foreign.add(shape(_text(value.get("StackName")), name))
        if isinstance(value, str):
            foreign |= {shape(found, name) for found in CF.findall(value)}
    return Mentions(
        stacks=frozenset({shape(stack, name) if isinstance(stack, str) else f"{name}-*"}),
        exports=frozenset(_exports(whole, name)) - {""},
        imports=frozenset(imports) - {""},
        foreign_stacks=frozenset(foreign) - {""},
    )


def _exports(data: Any, name: str) -> Iterator[str]:
    for key, value in _walk(data):
        if key == "Export" and isinstance(value, dict) and "Name" in value:
            yield shape(_text(value["Name"]), name)


def _text(value: Any) -> str:
    """A name as it is written, also through Fn::Sub and Fn::Join; everything else is a variable."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        [(key, inner)] = value.items()
        if key == "Fn::Sub":
            return _text(inner[0] if isinstance(inner, list) and inner else inner)
        if key == "Fn::Join" and isinstance(inner, list) and len(inner) == 2 and isinstance(inner[1], list):  # noqa: PLR2004, a pair
            return str(inner[0]).join(_text(part) for part in inner[1])
        if key == "Ref" and inner == "AWS::StackName":
            return "${AWS::StackName}"
    return "${?}"


def _walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every (key, value) and list element, without recursion: depth is bounded by what was read."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        key, one = waiting.pop()
        yield key, one
        if isinstance(one, dict):
            waiting += [(str(k), v) for k, v in one.items()]
        elif isinstance(one, list):
            waiting += [("", v) for v in one]


class _Reader:
    """Loads configuration and the files it names by `${file(…)}`, within the tree and within limits."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self._tree, self._folder, self._left = tree.resolve(), folder, MOST_FILES

    def load(self, path: Path) -> Any:
        real = path.resolve()
        if not real.is_relative_to(self._tree) or path.is_symlink() or self._left <= 0:
            return {}
        self._left -= 1
        text = read_text(real, where=path.name)
        try:
            return json.loads(text) if path.suffix == ".json" else _yaml(text)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError):
            return {}

    def whole(self, data: Any, depth: int = 0) -> Any:
        """With the named files in their places, three deep."""
        if isinstance(data, dict):
            return {key: self.whole(value, depth) for key, value in data.items()}
        if isinstance(data, list):
            return [self.whole(value, depth) for value in data]
        found = FILE.fullmatch(data.strip()) if isinstance(data, str) else None
        if found is None or depth >= 3 or VARIABLE.search(found[1]):  # noqa: PLR2004, said above
            return data
        if Path(found[1]).suffix not in {".yml", ".yaml", ".json"}:
            return data
        try:
            inner = self.load(self._folder / found[1].strip())
        except ConfigNotReadable:
            return data
        for key in (found[2] or "").split("."):
            inner = inner.get(key, {}) if key and isinstance(inner, dict) else inner
        return self.whole(inner, depth + 1)


def _composed(tree: Path, services: Sequence[FoundService]) -> Iterator[Need]:
    """`dependsOn` and `${other.output}` of every compose file at the root or beside a service's parent."""
    by_path = {service.path: service.name for service in services}
    folders = {tree, *((tree / service.path).parent for service in services if service.path)}
    for folder in sorted(folders):
        for file in COMPOSE:
            if not (folder / file).is_file():
                continue
            data = _Reader(tree, folder).load(folder / file)
            entries = data.get("services") if isinstance(data, dict) else None
            yield from _of_compose(folder.relative_to(tree).as_posix(), file, entries, by_path)


def _of_compose(folder: str, file: str, entries: Any, by_path: Mapping[str, str]) -> Iterator[Need]:
    entries = entries if isinstance(entries, dict) else {}
    names = {}
    for key, entry in entries.items():
        path = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(path, str):
            names[str(key)] = by_path.get(_joined(folder, path), "")
    for key, entry in entries.items():
        name = names.get(str(key), "")
        if not name:
            continue
        depends = entry.get("dependsOn")
        wanted = {depends} if isinstance(depends, str) else set(map(str, depends if isinstance(depends, list) else ()))
        for _key, value in _walk(entry.get("params")):
            wanted |= set(OUTPUT.findall(value)) if isinstance(value, str) else set()
        for other in sorted(wanted):
            if names.get(other) and names[other] != name:
                yield Need(name, names[other], f"{file} says so")


def _joined(folder: str, path: str) -> str:
    parts: list[str] = []
    for part in f"{folder}/{path}".split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


class _Tagged(yaml.CSafeLoader):
    """CloudFormation's short forms are kept as their long ones."""


def _tag(loader: _Tagged, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)  # noqa: S101, there are three kinds
    return {name: loader.construct_mapping(node, deep=True)}


_Tagged.add_multi_constructor("!", _tag)


def _yaml(text: str) -> Any:
    """Bounded as config.py bounds it: depth and aliases multiply."""
    depth = aliases = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > DEEPEST or aliases > MOST_ALIASES:
            return {}
    return {} if aliases else yaml.load(text, _Tagged)  # noqa: S506, a safe loader
