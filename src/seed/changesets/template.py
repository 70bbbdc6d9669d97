"""Read a template: JSON, or YAML with CloudFormation's short forms (`!Ref`, `!Sub`, `!GetAtt` …).

Templates come from repositories nobody vouches for, so size, depth and aliases are bounded, and YAML is
built from parser events with a stack of our own: no recursion, no object is made by a tag.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from seed.changesets.values import HOLDS
from seed.errors import SeedError

Template = dict[str, Any]

MAX_BYTES = 4 * 1024 * 1024
"""CloudFormation takes 1 MiB; a pretty-printed copy of such a template is larger."""
LOOP = "Fn::ForEach::"
TRANSFORM = "Fn::Transform"
"""May stand beside the entries of any section: a macro that makes more of them."""
MAX_DEPTH = 100
MOST_TWICE = 20
MAX_NODES = 400_000
"""Values after aliases are expanded."""


class Written(Template):
    """A template as it was read. `twice`: where a key stands again beside itself; only its last value counts."""

    twice: tuple[str, ...] = ()


class InvalidTemplate(SeedError):
    """The text is not a template that CloudFormation could read."""

    code = "template-invalid"
    status = 422


def parse_template(text: str) -> Template:
    """The template as JSON values, short forms written out (`!Ref a` is `{"Ref": "a"}`)."""
    document = parse_snippet(text)
    check_shape(document)
    return document


def parse_snippet(text: str) -> Template:
    """A part of a template, such as AWS::Include puts in."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise InvalidTemplate(
            f"The template is larger than {MAX_BYTES // 1024 // 1024} MiB.",
            hint="CloudFormation takes at most 1 MiB: split the stack.",
        )
    document = _parse(text)
    if not isinstance(document, dict):
        raise InvalidTemplate("The template is not a mapping.", hint="A template starts with keys such as Resources.")
    return document


def check_shape(template: Template) -> None:
    """The sections are what they must be, so that nobody after us has to ask."""
    for section in ("Resources", "Parameters", "Conditions", "Mappings", "Outputs"):
        if not isinstance(template.get(section, {}), dict):
            raise InvalidTemplate(f"{section} is not a mapping.", where=section)
    for name, resource in template.get("Resources", {}).items():
        if name.startswith(LOOP) or name == TRANSFORM or _is_made(resource):
            continue
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise InvalidTemplate(
                f"The resource {name} has no Type.",
                hint="Each resource needs a Type such as AWS::S3::Bucket.",
                where=f"Resources.{name}",
            )
        if not isinstance(resource.get("Properties") or {}, dict):
            raise InvalidTemplate(f"The Properties of {name} are not a mapping.", where=f"Resources.{name}.Properties")
        _check_depends_on(name, resource.get("DependsOn", []))
    for section in ("Parameters", "Mappings", "Outputs"):
        for name, entry in template.get(section, {}).items():
            if not isinstance(entry, dict) and not name.startswith(LOOP) and name != TRANSFORM:
                raise InvalidTemplate(f"{name} is not a mapping.", where=f"{section}.{name}")


def _is_made(resource: Any) -> bool:
    """A macro makes the whole of it."""
    return isinstance(resource, dict) and resource.keys() == {TRANSFORM}


def _check_depends_on(name: str, given: Any) -> None:
    """Nothing at all is told as what it is, a null."""
    for one in given if isinstance(given, list) else [given or ""]:
        if not isinstance(one, str):
            raise InvalidTemplate(
                f"The DependsOn of {name} is neither a logical id nor a list of them.",
                hint="It takes names as they are, such as [Table, Queue]: no functions and no mappings.",
                where=f"Resources.{name}.DependsOn",
            )


def _parse(text: str) -> Any:
    if text.lstrip()[:1] == "{":
        twice: list[tuple[Template, str]] = []
        try:
            document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_made(twice))
            if "\\u" in text:
                json.dumps(document, ensure_ascii=False).encode()  # half of a sign is no text: YAML says where it is
        except (ValueError, RecursionError):
            pass  # a YAML flow mapping starts with a brace too
        else:
            _check_depth(document)
            return _written(document, _places(document, twice) if twice else ())
    from seed.changesets.yaml_template import load_yaml

    return _written(*load_yaml(text))


def _written(document: Any, twice: tuple[str, ...]) -> Any:
    if not twice or not isinstance(document, dict):
        return document
    made = Written(document)
    made.twice = twice[:MOST_TWICE]
    return made


def _made(twice: list[tuple[Template, str]]) -> Callable[[list[tuple[str, Any]]], Template]:
    """What is made of each object; which have a key again is kept apart."""

    def made(pairs: list[tuple[str, Any]]) -> Template:
        found = dict(pairs)
        if len(found) != len(pairs) and len(twice) < MOST_TWICE:
            names = [name for name, _ in pairs]
            twice.append((found, next(name for name in names if names.count(name) > 1)))
        return found

    return made


def _places(document: Any, twice: list[tuple[Template, str]]) -> tuple[str, ...]:
    """Where those objects are."""
    names = {id(found): name for found, name in twice}
    places: list[str] = []
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict) and id(node) in names:
            places.append(path + names[id(node)])
        inside = node.items() if isinstance(node, dict) else enumerate(node)
        waiting += [(f"{path}{key}/", one) for key, one in inside if isinstance(one, HOLDS)]
    return tuple(sorted(places))


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidTemplate(f"{name} is not a value that a template can have.")


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                below += [child for child in node.values() if isinstance(child, HOLDS)]
            elif isinstance(node, list):
                below += [child for child in node if isinstance(child, HOLDS)]
        if not below:
            return
        level = below
    raise InvalidTemplate(f"The template is nested deeper than {MAX_DEPTH} levels.")
