"""Put variables into the environment of every function of a template. Pure.

A plain value is written as it is, and a review shows it. A secret becomes a NoEcho parameter that is named after its
version; the template and the stored package hold no value. A reference becomes one that CloudFormation follows itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from seed.packages.generated import rename, short_hash
from seed.packages.versions import FUNCTION, VERSION, VERSION_ID
from seed.variables.effective import Given
from seed.variables.records import REFERENCES, SECRET

SEALED = "seed-variable:"


def inject(
    template: Mapping[str, Any], parameters: Mapping[str, str], given: Iterable[Given]
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """The template and its parameters with them, and the functions whose environment is not a plain mapping."""
    variables = list(given)
    made: dict[str, Any] = json.loads(json.dumps(template))
    functions = {
        name: one
        for name, one in (made.get("Resources") or {}).items()
        if isinstance(one, dict) and one.get("Type") == FUNCTION
    }
    if not variables or not functions:
        return made, dict(parameters), []
    left = [name for name, one in functions.items() if not _set(one, {v.name: _written(v) for v in variables})]
    values = dict(parameters)
    for one in variables:
        if one.kind == SECRET and len(left) < len(functions):
            name = parameter_of(one)
            description = f"{one.name}, set in Seed"
            made.setdefault("Parameters", {})[name] = {"Type": "String", "NoEcho": True, "Description": description}
            values[name] = f"{SEALED}{one.mark}"
    return _publish_anew(made, set(functions) - set(left), variables), values, left


def parameter_of(one: Given) -> str:
    return f"SeedVariable{one.variable_id}Version{one.version}"


def resolved(one: Given) -> str:
    """What CloudFormation follows to the value of a reference."""
    return "{{resolve:" + f"{one.kind}:{one.value}" + "}}"


def sealed_mark(value: str) -> tuple[int, int] | None:
    """Which variable in which version a package's parameter stands for; None for any other value."""
    head, _, rest = value.partition(SEALED)
    first, _, second = rest.partition(":")
    if head or not first.isdigit() or not second.isdigit():
        return None
    return int(first), int(second)


def _written(one: Given) -> Any:
    if one.kind == SECRET:
        return {"Ref": parameter_of(one)}
    if one.kind in REFERENCES:
        return resolved(one)
    return one.value


def _publish_anew(template: dict[str, Any], functions: set[str], variables: list[Given]) -> dict[str, Any]:
    """A published version keeps its environment for good, so another environment is another version."""
    names = {}
    for logical_id, resource in template["Resources"].items():
        generated = VERSION_ID.fullmatch(logical_id)
        if not isinstance(resource, dict) or resource.get("Type") != VERSION or not generated:
            continue
        function = (resource.get("Properties") or {}).get("FunctionName")
        if isinstance(function, dict) and function.get("Ref") in functions:
            content = [logical_id, [[one.name, one.mark] for one in variables]]
            names[logical_id] = generated["stem"] + short_hash(content, length=40)
    return rename(template, names) if names else template


def _set(function: dict[str, Any], values: Mapping[str, Any]) -> bool:
    properties = function.setdefault("Properties", {})
    environment = properties.setdefault("Environment", {})
    if not isinstance(environment, dict) or any(key.startswith("Fn::") or key == "Ref" for key in environment):
        return False
    there = environment.setdefault("Variables", {})
    if not isinstance(there, dict) or any(key.startswith("Fn::") or key == "Ref" for key in there):
        return False
    there.update(values)
    return True
