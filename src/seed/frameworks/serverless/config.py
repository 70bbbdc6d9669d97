"""Read a service's configuration as data: enough to know its name and the framework it wants.

The framework itself reads it for real; here unknown tags are tolerated, and size and aliases are bounded.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from seed.frameworks.errors import ConfigNotReadable

LARGEST = 1_000_000
MOST_ALIASES = 200


class _Tolerant(yaml.SafeLoader):
    """Every tag of CloudFormation is a plain value here."""


def _any(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101, there are three kinds
    return loader.construct_mapping(node, deep=True)


_Tolerant.add_multi_constructor("!", _any)


def read_config(path: Path, *, where: str) -> dict[str, Any]:
    if path.stat().st_size > LARGEST:
        raise ConfigNotReadable("The configuration is larger than 1 MB.", where=where)
    text = path.read_text(errors="replace")
    try:
        data = json.loads(text) if path.suffix == ".json" else _yaml(text, where)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error) or "it does not parse"
        raise ConfigNotReadable(
            f"The configuration does not parse: {problem}.", hint="Mend the file.", where=f"{where}{line}"
        ) from None
    if not isinstance(data, dict):
        raise ConfigNotReadable("The configuration is not a mapping.", where=where)
    return data


def _yaml(text: str, where: str) -> Any:
    if text.count("*") > MOST_ALIASES:
        aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader))
        if aliases > MOST_ALIASES:
            raise ConfigNotReadable("The configuration has too many aliases.", where=where)
    return yaml.load(text, _Tolerant)  # noqa: S506, a safe loader
