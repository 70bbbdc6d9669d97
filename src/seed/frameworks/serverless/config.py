"""Read a service's configuration as data: enough to know its name and the framework it wants.

The framework itself reads it for real; here unknown tags are tolerated, merges are left out, and size, depth
and aliases are bounded, since anybody who can push can write the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from seed.frameworks.errors import ConfigNotReadable

LARGEST = 1_000_000
MOST_ALIASES = 500
DEEPEST = 60
MERGE = "tag:yaml.org,2002:merge"


class _Tolerant(yaml.CSafeLoader):
    """libyaml reads what the framework reads (YAML 1.2's `?` in flow); CloudFormation's tags are plain values."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Nested merges multiply without bound, and nothing that is needed here stands in one."""
        node.value = [(key, value) for key, value in node.value if key.tag != MERGE]


def _any(loader: _Tolerant, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101, there are three kinds
    return loader.construct_mapping(node, deep=True)


_Tolerant.add_multi_constructor("!", _any)


def read_config(path: Path, *, where: str) -> dict[str, Any]:
    """`where` is the file's name for people; a line is added where the problem has one."""
    text = read_text(path, where)
    try:
        data = json.loads(text) if path.suffix == ".json" else _yaml(text, where)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else getattr(error, "lineno", None)
        problem = getattr(error, "problem", None) or getattr(error, "msg", None) or str(error)
        raise ConfigNotReadable(
            f"The configuration does not parse: {problem or 'it is nested too deep'}.",
            hint="Mend the file and push again.",
            where=f"{where}:{line}" if line else where,
        ) from None
    if not isinstance(data, dict):
        raise ConfigNotReadable("The configuration is not a mapping.", where=where)
    return data


def read_text(path: Path, where: str) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigNotReadable("The configuration is larger than 1 MB.", where=where)
        return path.read_text(errors="replace")
    except OSError as error:
        raise ConfigNotReadable(f"The configuration cannot be read: {error.strerror}.", where=where) from None


def _yaml(text: str, where: str) -> Any:
    depth = aliases = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > DEEPEST or aliases > MOST_ALIASES:
            what = "nested too deep" if depth > DEEPEST else "full of aliases"
            raise ConfigNotReadable(f"The configuration is {what}.", where=where)
    return yaml.load(text, _Tolerant)  # noqa: S506, a safe loader
