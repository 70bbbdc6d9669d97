"""Each intrinsic function: (world, argument as written) → a plain value, or what stays unknown, canonical."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.template import InvalidTemplate
from seed.changesets.values import NO_VALUE, Secret, is_intrinsic, joined, same, scalar_text

PLACE = re.compile(r"\$\{([^}$]*)\}")  # no `$` inside: a text of many `${` stays linear
PAIR, TRIPLE = 2, 3
MAX_TEXT = 1_000_000
MAX_PARTS = 100_000
LARGE, MOST_GROWN = 100, 8
"""A hundredth of what one may have is large; all large ones together may have eight times as much."""
MOST_PIECES = 20_000
"""A text that would be split into more stays whole."""
MOST_BLOCKS = 256
"""CloudFormation cuts no more."""


def _arguments(name: str, argument: Any, *sizes: int) -> list[Any]:
    if not isinstance(argument, list) or (sizes and len(argument) not in sizes):
        wanted = " or ".join(map(str, sizes)) or "a list of"
        raise InvalidTemplate(f"{name} takes {wanted} arguments.", where=name)
    return argument


def ref(world: World, name: Any) -> Any:
    if not isinstance(name, str):  # a name that is worked out first
        name = world.value(name)
    if not isinstance(name, str):
        raise InvalidTemplate("Ref takes a name.", where="Ref")
    if name.startswith("AWS::"):
        return world.pseudo.value(name)
    if name in world.parameters:
        return world.parameters[name]
    _expect(world, name)
    return {"Ref": name}


def get_att(world: World, argument: Any) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    name, *rest = map(world.argument, parts) if isinstance(parts, list) and len(parts) >= PAIR else (None,)
    if not isinstance(name, str):  # perhaps made by a function, as LanguageExtensions allow
        raise InvalidTemplate("Fn::GetAtt takes a logical id and an attribute.", where="Fn::GetAtt")
    attribute = ".".join(rest) if all(isinstance(part, str) for part in rest) else rest[0]
    _expect(world, name)
    return {"Fn::GetAtt": [name, attribute]}


def _expect(world: World, name: str) -> None:
    if not world.knows(name):
        called = name or "an empty name"
        world.problems.append((name, f"{called} is referred to, but is neither a resource nor a parameter"))


def sub(world: World, argument: Any) -> Any:
    text: Any = argument
    own: Any = {}
    if isinstance(argument, list):
        text, own = _arguments("Fn::Sub", argument, 1, PAIR)[0], (argument[1] if len(argument) > 1 else {})
    if not isinstance(text, str) or not isinstance(own, dict):
        raise InvalidTemplate("Fn::Sub takes a text and perhaps a mapping.", where="Fn::Sub")
    parts: list[Any] = []
    at = 0
    worked_out: dict[str, Any] = {}  # once each, or a text that names one often, in one that does, takes for ever
    for place in PLACE.finditer(text):
        parts.append(text[at : place.start()])
        at = place.end()
        name = place[1].strip()
        if name not in worked_out:
            worked_out[name] = _substituted(world, name, own)
        parts.append(worked_out[name])
    return _bounded(world, joined([*parts, text[at:]]))


def _substituted(world: World, name: str, own: dict[str, Any]) -> Any:
    if name.startswith("!"):
        return "${" + name[1:] + "}"
    value = _named(world, name, own)
    if value is NO_VALUE:
        return ""
    return ",".join(map(scalar_text, value)) if isinstance(value, list) else value


def _named(world: World, name: str, own: dict[str, Any]) -> Any:
    if name in own:
        return world.value(own[name])
    return get_att(world, name) if "." in name else ref(world, name)


def join(world: World, argument: Any) -> Any:
    separator, items = _arguments("Fn::Join", argument, PAIR)
    values = world.argument(items)
    if not isinstance(separator, str) or not isinstance(values, list):
        if isinstance(values, str):
            world.problems.append(("Fn::Join", "Fn::Join takes a list, and is given a text"))
        return {"Fn::Join": [separator, values]}
    parts: list[Any] = []
    for index, value in enumerate(values):
        if index and separator:
            parts.append(separator)
        parts.append(",".join(map(scalar_text, value)) if isinstance(value, list) else value)
    return _bounded(world, joined(parts))


def select(world: World, argument: Any) -> Any:
    index, items = (world.argument(one) for one in _arguments("Fn::Select", argument, PAIR))
    if isinstance(items, list) and not is_intrinsic(index) and scalar_text(index).isdecimal():
        at = int(scalar_text(index)[:9])
        if at < len(items):
            return items[at]
        world.problems.append(("Fn::Select", f"Fn::Select asks for item {at} of a list of {len(items)}"))
    return {"Fn::Select": [scalar_text(index) if not is_intrinsic(index) else index, items]}


def split(world: World, argument: Any) -> Any:
    separator, text = _arguments("Fn::Split", argument, PAIR)
    value = world.argument(text)
    if isinstance(value, str) and isinstance(separator, str) and separator and value.count(separator) < MOST_PIECES:
        return value.split(separator)
    return {"Fn::Split": [separator, value]}


def if_(world: World, argument: Any) -> Any:
    name, yes, no = _arguments("Fn::If", argument, TRIPLE)
    holds = world.decide(name) if isinstance(name, dict) else world.condition(name)
    if holds is None:
        sides = (world.argument(yes), world.argument(no))
        asked = world.questions.shown(world, name) if world.questions else name
        return {"Fn::If": [asked, *sides]}
    return world.value(yes if holds else no)


def find_in_map(world: World, argument: Any) -> Any:
    *keys, default = _arguments("Fn::FindInMap", argument, TRIPLE, TRIPLE + 1)
    has_default = len(keys) == TRIPLE
    path = [world.argument(key) for key in (keys if has_default else [*keys, default])]
    if any(isinstance(key, dict | list) for key in path):
        return {"Fn::FindInMap": [*path, *_possible(world, path)]}
    found: Any = world.section("Mappings")
    for key in path:
        found = found.get(_key(key)) if isinstance(found, dict) else None
    if found is not None:
        return found  # functions are not allowed in mappings
    if has_default and isinstance(default, dict) and "DefaultValue" in default:
        return world.value(default["DefaultValue"])
    asked = ".".join(map(str, path))
    world.problems.append(("Fn::FindInMap", f"Fn::FindInMap asks for {asked}, which is not there"))
    return {"Fn::FindInMap": path}


def _key(key: Any) -> str:
    return scalar_text(key.value if isinstance(key, Secret) else key)


def _possible(world: World, path: list[Any]) -> list[dict[str, Any]]:
    """What stands under a key that only AWS knows, such as the region, where the template beside has other values for
    it. A key that only one of them has says nothing: most tables grow by regions.
    """
    name, first, second = path
    if isinstance(name, dict | list) or (isinstance(first, dict | list) and isinstance(second, dict | list)):
        return []
    tables = [sections.get(_key(name)) for sections in (world.section("Mappings"), world.beside)]
    if isinstance(second, dict | list):
        mine, theirs = (table.get(_key(first)) if isinstance(table, dict) else None for table in tables)
    else:
        mine, theirs = (_column(table, _key(second)) for table in tables)
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return []
    found = {key: value for key, value in mine.items() if key in theirs and not same(value, theirs[key])}
    return [found] if found else []


def _column(table: Any, key: str) -> dict[str, Any]:
    rows = table.items() if isinstance(table, dict) else ()
    return {name: row[key] for name, row in rows if isinstance(row, dict) and key in row}


def to_json_string(world: World, argument: Any) -> Any:
    value = world.argument(argument)
    if _unknown(value):
        return {"Fn::ToJsonString": value}
    return _bounded(world, json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def length(world: World, argument: Any) -> Any:
    value = world.argument(argument)
    return len(value) if isinstance(value, list) else {"Fn::Length": value}


def get_azs(world: World, argument: Any) -> Any:
    """No region named is the region of the stack."""
    region = world.argument(argument)
    return {"Fn::GetAZs": world.pseudo.value("AWS::Region") if region in ("", None) else region}


def cidr(world: World, argument: Any) -> Any:
    """Blocks cut from a larger one, where all is known."""
    parts = _arguments("Fn::Cidr", world.argument(argument), PAIR, TRIPLE)
    if len(parts) == TRIPLE and not any(isinstance(part, dict | list | Secret) for part in parts):
        from ipaddress import ip_network
        from itertools import islice

        block, *numbers = map(scalar_text, parts)
        with suppress(ValueError):
            count, bits = (int(number[:9]) for number in numbers)
            network = ip_network(block)
            found = [str(one) for one in islice(network.subnets(new_prefix=network.max_prefixlen - bits), MOST_BLOCKS)]
            if 0 < count <= len(found):
                return found[:count]
    return {"Fn::Cidr": parts}


def _kept(name: str) -> Callable[[World, Any], Any]:
    """A function whose result only AWS knows, or which is best read as it is: its arguments are evaluated."""
    return lambda world, argument: {name: world.argument(argument)}


def transform(_world: World, argument: Any) -> Any:
    """A macro: nobody but AWS knows what it makes."""
    return {"Fn::Transform": argument}


def _decided(name: str) -> Callable[[World, Any], Any]:
    def function(world: World, argument: Any) -> Any:
        holds = world.decide({name: argument})
        return {name: argument} if holds is None else holds

    return function


def _unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return is_intrinsic(value) or any(map(_unknown, value.values()))
    return any(map(_unknown, value)) if isinstance(value, list) else isinstance(value, Secret)


def _bounded(world: World, value: Any) -> Any:
    """Each by itself, and large ones together: a template may have many of them."""
    if isinstance(value, str):
        size, most, unit = len(value), MAX_TEXT, "characters"
    else:
        size, most, unit = _size(value, {}), MAX_PARTS, "values"
    if size > most:
        raise InvalidTemplate(f"A text in the template grows beyond {most:,} {unit}.")
    if size > most // LARGE:
        world.grown += size / most
        if world.grown > MOST_GROWN:
            raise InvalidTemplate("The texts of the template grow beyond all bounds.")
    return value


def _size(value: Any, known: dict[int, int]) -> int:
    """How many values there are in it, each as often as it is written out."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(one, known) for one in inner)
    return known[id(value)]


FUNCTIONS: dict[str, Callable[[World, Any], Any]] = {
    "Ref": ref,
    "Fn::GetAtt": get_att,
    "Fn::Sub": sub,
    "Fn::Join": join,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::If": if_,
    "Fn::FindInMap": find_in_map,
    "Fn::ToJsonString": to_json_string,
    "Fn::Length": length,
    "Fn::ImportValue": _kept("Fn::ImportValue"),
    "Fn::GetStackOutput": _kept("Fn::GetStackOutput"),
    "Fn::Base64": _kept("Fn::Base64"),
    "Fn::Cidr": cidr,
    "Fn::GetAZs": get_azs,
    "Fn::Transform": transform,
    "Fn::And": _decided("Fn::And"),
    "Fn::Or": _decided("Fn::Or"),
    "Fn::Not": _decided("Fn::Not"),
    "Fn::Equals": _decided("Fn::Equals"),
}
