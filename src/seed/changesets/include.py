"""`AWS::Include`: a snippet that lies elsewhere takes the place of the transform that names it.

CloudFormation fetches it; here it is put in where it is given. What is not given stays as it is written, and a
finding says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets.template import TRANSFORM, Template

INCLUDE, LANGUAGE, SAM = "AWS::Include", "AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"
NOTHING: Mapping[str, Template] = {}


def with_included(template: Template, snippets: Mapping[str, Template], values: Mapping[str, Any]) -> Template:
    """`snippets` by location, `values` those of the parameters. The same object when nothing is to do."""
    if not snippets:
        return template
    made: Template = _filled(template, snippets, values)
    whole = made.get("Transform")
    named = whole if isinstance(whole, list) else [whole]
    known = [one for one in named if (found := _location(one, values)) in snippets and found]
    if known:
        made = {key: item for key, item in made.items() if key != "Transform"}
        left = [one for one in named if one not in known]
        made |= {"Transform": left} if left else {}
        for one in known:
            made = _merged(made, snippets[_location(one, values)])
    return made


def transforms(node: Any) -> list[str]:
    """Names of the macros that are called by `Fn::Transform`, anywhere."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if TRANSFORM in one:
                called = one[TRANSFORM]
                found += [_name(call) for call in (called if isinstance(called, list) else [called])]
            waiting += one.values()
    return found


def _filled(node: Any, snippets: Mapping[str, Template], values: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_filled(item, snippets, values) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _filled(item, snippets, values) for key, item in node.items()}
    location = _location(made.get(TRANSFORM), values)
    if location not in snippets:
        return made
    del made[TRANSFORM]
    return _merged(made, snippets[location])


def _merged(above: Template, snippet: Template) -> Template:
    """Keys of the snippet stand beside those of the template; sections of both grow together."""
    out = dict(above)
    for key, item in snippet.items():
        have = out.get(key)
        out[key] = {**have, **item} if isinstance(have, dict) and isinstance(item, dict) else item
    return out


def _location(call: Any, values: Mapping[str, Any]) -> str:
    """'' where it is no include, or does not tell where from."""
    if not isinstance(call, dict) or call.get("Name") != INCLUDE or not isinstance(call.get("Parameters"), dict):
        return ""
    place = call["Parameters"].get("Location")
    if isinstance(place, dict) and len(place) == 1 and isinstance(place.get("Ref"), str):
        place = values.get(place["Ref"])
    return place if isinstance(place, str) else ""


def _name(call: Any) -> str:
    name = call.get("Name") if isinstance(call, dict) else call
    return name if isinstance(name, str) else TRANSFORM
