"""The JSON schema of a build spec, for editors: read off the same table as the parser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seed.spec import keys
from seed.spec.keys import KEYS, Key, Kind

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
COMMAND: Schema = {"type": "string", "minLength": 1, "maxLength": keys.LONGEST_COMMAND}
SCALAR = ["string", "number", "boolean", "null"]


def schema() -> Schema:
    return {
        "$schema": DRAFT,
        "title": "Seed build spec",
        **_mapping(KEYS),
    }


def _mapping(known: tuple[Key, ...]) -> Schema:
    found = {key.name: {"description": key.meaning, **SHAPES[key.kind](key)} for key in known}
    return {"type": ["object", "null"], "additionalProperties": False, "properties": found}


def _commands(_key: Key) -> Schema:
    return {"type": ["array", "null"], "maxItems": keys.MOST_COMMANDS, "items": COMMAND}


def _paths(_key: Key) -> Schema:
    path = {"type": "string", "pattern": r"^(?!/|~|\.git(/|$))(?!(.*/)?\.\.(/|$)).+"}
    return {"type": ["array", "null"], "maxItems": keys.MOST_PATHS, "items": path}


def _duration(_key: Key) -> Schema:
    return {
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "string", "pattern": f"^{keys.DURATION}$"},
            {"type": "null"},
        ]
    }


def _environment(_key: Key) -> Schema:
    ours = "|".join([*keys.OURS, *(f"{name}$" for name in sorted(keys.KEPT))])
    return {
        "type": ["object", "null"],
        "maxProperties": keys.MOST_VARIABLES,
        "propertyNames": {"pattern": f"^(?!{ours}){keys.VARIABLE}$"},
        "additionalProperties": {"type": SCALAR, "maxLength": keys.LONGEST_VALUE},
    }


def _runtime(_key: Key) -> Schema:
    version = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{keys.VERSION}$"}]}
    return {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {"node": version, "python": version},
    }


def _choice(key: Key) -> Schema:
    return {"enum": [False, None, *key.choices]}


def _services(_key: Key) -> Schema:
    each = _mapping(tuple(key for key in KEYS if key.each))
    return {"type": ["object", "null"], "maxProperties": keys.MOST_SERVICES, "additionalProperties": each}


SHAPES: dict[Kind, Callable[[Key], Schema]] = {
    "commands": _commands,
    "command": lambda _key: {**COMMAND, "type": ["string", "null"]},
    "paths": _paths,
    "duration": _duration,
    "environment": _environment,
    "runtime": _runtime,
    "choice": _choice,
    "switch": lambda _key: {"type": ["boolean", "null"]},
    "services": _services,
}
