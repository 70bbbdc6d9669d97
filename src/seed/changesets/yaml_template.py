"""YAML as CloudFormation reads it: plain values, short forms, no tags that make objects.

Dates stay text (`2012-10-17` is a policy version), numbers with leading zeros stay text (account ids).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from seed.changesets.template import MAX_DEPTH, MAX_NODES, MOST_TWICE, InvalidTemplate

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,300})")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,3})?")
WORDS = {"": None, "~": None, "null": None, "true": True, "yes": True, "on": True} | {
    "false": False,
    "no": False,
    "off": False,
}
RULE_FUNCTIONS = {"Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"}
"""Of the section Rules alone, which changes nothing in what is compared."""
SHORT = RULE_FUNCTIONS | {
    "And",
    "Base64",
    "Cidr",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
}
STANDARD = "tag:yaml.org,2002:"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A mapping or list being filled."""

    value: dict[str, Any] | list[Any]
    tag: str
    anchor: str
    key: Any = None
    has_key: bool = False
    size: int = 1
    merged: bool = False
    """`<<` brought keys from elsewhere: what is said again here is meant."""


@dataclass(slots=True)
class _Builder:
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    result: Any = None
    nodes: int = 0
    twice: list[str] = field(default_factory=list)

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._place(_tagged(_scalar(event), event.tag, event), event.anchor or "", 1)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open({}, event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open([], event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self.stack.pop()
            self.opened.discard(done.anchor)
            self._place(_tagged(done.value, done.tag, event), done.anchor, done.size)

    def _open(self, value: Any, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise InvalidTemplate(f"The template is nested deeper than {MAX_DEPTH} levels.", where=_at(event))
        self.opened.add(event.anchor or "")
        self.stack.append(_Open(value, event.tag or "", event.anchor or ""))

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise InvalidTemplate(f"The alias *{event.anchor} points to nothing before it.", where=_at(event))
        value, size = self.anchors[event.anchor]
        self._place(value, "", size)

    def _place(self, value: Any, anchor: str, size: int) -> None:
        self.nodes += size if not self.stack else 0
        if anchor:
            self.anchors[anchor] = (value, size)
        if not self.stack:
            self.result = value
            return
        top = self.stack[-1]
        top.size += size
        if top.size > MAX_NODES:
            raise InvalidTemplate(f"The template has more than {MAX_NODES:,} values, aliases expanded.")
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.has_key:
            self._keep(top, value)
            top.has_key = False
        else:
            top.key, top.has_key = value, True

    def _keep(self, top: _Open, value: Any) -> None:
        if isinstance(top.value, dict):
            top.merged = top.merged or top.key == "<<"
            before = len(top.value)
            _set(top.value, top.key, value)
            if len(top.value) == before and not top.merged and len(self.twice) < MOST_TWICE:
                self.twice.append("/".join(map(_place_in, self.stack)))


def _place_in(opened: _Open) -> str:
    return str(len(opened.value)) if isinstance(opened.value, list) else _text(opened.key)


def load_yaml(text: str) -> tuple[Any, tuple[str, ...]]:
    """The document, and where a key stands again beside itself."""
    builder = _Builder()
    documents = 0
    try:
        for event in _events(text):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise InvalidTemplate("The template has more than one YAML document.")
            builder.take(event)
    except (yaml.YAMLError, ValueError, UnicodeError) as error:
        raise InvalidTemplate(
            f"The template is neither JSON nor YAML: {_reason(error)}", hint="Look at the line named."
        ) from error
    return builder.result, tuple(builder.twice)


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=Loader)


def _reason(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    return f"{problem} (line {mark.line + 1})." if mark else f"{problem}."


def _at(event: Any) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else ""


def _set(mapping: dict[str, Any], key: Any, value: Any) -> None:
    merged = value if isinstance(value, list) else [value]
    if key == "<<" and all(isinstance(one, dict) for one in merged):
        for name, inherited in (pair for one in merged for pair in one.items()):
            mapping.setdefault(name, inherited)
        return
    if isinstance(key, dict | list):
        raise InvalidTemplate("A key of the template is not text.")
    mapping[key if isinstance(key, str) else _text(key)] = value


def _text(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else "null" if key is None else str(key)


def _scalar(event: Any) -> Any:
    text = event.value
    plain = event.implicit[0] and not event.tag
    if not plain:
        return text
    word = text.lower() if len(text) <= len("false") else text
    if word in WORDS:
        return WORDS[word]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


def _tagged(value: Any, tag: str | None, event: Any) -> Any:
    if not tag or tag == "!":
        return value
    if tag.startswith(STANDARD):
        if tag.removeprefix(STANDARD) in ("str", "seq", "map"):
            return value
        if tag.removeprefix(STANDARD) in ("int", "bool", "float", "null"):
            return WORDS.get(value.lower(), value) if isinstance(value, str) else value
    name = tag[1:]
    if name in ("Ref", "Condition"):
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": value.split(".", 1)}
    if name in SHORT:
        return {f"Fn::{name}": value}
    raise InvalidTemplate(
        f"{tag} is no short form that CloudFormation knows.",
        hint="Known: !Ref, !Condition, " + ", ".join(f"!{one}" for one in sorted(SHORT)) + ".",
        where=_at(event),
    )
