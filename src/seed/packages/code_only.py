"""Whether two templates differ in nothing but the code of functions.

Pure. Where code lies is left out on both sides, and so are the versions of functions, which are named after the
code, with the outputs that show them. A version that something else points to (an alias, say) keeps its name in
that place, so that such a service counts as changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.packages.versions import FUNCTION, VERSION

Template = Mapping[str, Any]
PLACES = ("S3Bucket", "S3Key", "S3ObjectVersion")


def same_but_code(deployed: Template, packaged: Template) -> bool:
    return without_code(deployed) == without_code(packaged)


def without_code(template: Template) -> dict[str, Any]:
    resources = template.get("Resources") or {}
    versions = {name for name, resource in resources.items() if resource.get("Type") == VERSION}
    kept = {name: _blank(resource) for name, resource in resources.items() if name not in versions}
    outputs = template.get("Outputs") or {}
    shown = {name: one for name, one in outputs.items() if _target(one) not in versions}
    return {**template, "Resources": kept, "Outputs": shown}


def code_keys(template: Template) -> dict[str, str]:
    """Function → the key of its code; those whose code lies in the template or an image are left out."""
    found = {}
    for name, resource in (template.get("Resources") or {}).items():
        code = (resource.get("Properties") or {}).get("Code") if resource.get("Type") == FUNCTION else None
        if isinstance(code, dict) and isinstance(code.get("S3Key"), str):
            found[name] = code["S3Key"]
    return found


def _blank(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = resource.get("Properties") or {}
    code = properties.get("Code")
    if resource.get("Type") != FUNCTION or not isinstance(code, dict) or "S3Key" not in code:
        return resource
    rest = {name: value for name, value in code.items() if name not in PLACES}
    return {**resource, "Properties": {**properties, "Code": {**rest, "S3Key": True}}}


def _target(output: Any) -> str:
    """The resource that an output shows, where it shows one as a whole."""
    value = output.get("Value") if isinstance(output, dict) else None
    return str(value["Ref"]) if isinstance(value, dict) and set(value) == {"Ref"} else ""
