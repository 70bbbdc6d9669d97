"""Values of an evaluated template.

Plain JSON in which everything that can be known is known, and what cannot stays as one canonical
intrinsic: `{"Ref": "Orders"}`, `{"Fn::GetAtt": ["Role", "Arn"]}`, `{"Fn::Join": ["", [...]]}` for text with
such parts inside. Two spellings of the same thing are therefore equal. A NoEcho value is a `Secret`, which
no JSON writer accepts, so that it cannot slip out unmasked.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from seed.masking import Masker

NO_VALUE = object()
"""What `AWS::NoValue` makes of a property: it is not there."""

SCALAR = (str, int, float)
HOLDS = (dict, list)
WITHHELD = "****"
SECRET_REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
SHORTEST_SECRET = 6
"""Shorter known secrets are not searched for inside other text: they would blank half a template."""


@dataclass(frozen=True, slots=True)
class Secret:
    """The value of a NoEcho parameter: comparable, never shown."""

    name: str
    value: str = field(repr=False)


class Hidden(frozenset[str]):
    """Values that must not be shown, however they are written; what finds them is made once."""

    @cached_property
    def masker(self) -> Masker:
        return Masker(self, mask=WITHHELD, shortest=SHORTEST_SECRET)

    def stand_in(self, text: str) -> bool:
        return text in self or self.masker.holds(text)


def hidden(secrets: Collection[str]) -> Hidden:
    return secrets if isinstance(secrets, Hidden) else Hidden(secret for secret in secrets if secret)


def is_intrinsic(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    key = next(iter(value))
    return isinstance(key, str) and (key == "Ref" or key.startswith("Fn::"))


def is_undecided(value: Any) -> bool:
    """It hangs on a condition that nobody can decide."""
    return is_intrinsic(value) and "Fn::If" in value


def scalar_text(value: Any) -> str:
    """CloudFormation reads `1`, `"1"` and `true`, `"true"` alike."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def same(a: Any, b: Any) -> bool:
    """Equal as CloudFormation sees it."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, SCALAR) and isinstance(b, SCALAR):
        return scalar_text(a) == scalar_text(b)
    if isinstance(a, Secret):
        return bool(a == b)
    return _encodes(a, b) or _encodes(b, a)


def _encodes(a: Any, b: Any) -> bool:
    """Base64 stays as it is written, so that it can be read and secrets in it be found; it equals what it makes."""
    text = a.get("Fn::Base64") if is_intrinsic(a) else None
    return isinstance(text, str) and isinstance(b, str) and b64encode(text.encode(errors="replace")).decode() == b


def joined(parts: list[Any]) -> Any:
    """Text made of parts; intrinsics and secrets inside stay apart, neighbours grow together."""
    out: list[Any] = []
    for part in parts:
        inner = part["Fn::Join"][1] if is_text(part) else [part]
        for piece in inner:
            text = piece if isinstance(piece, dict | Secret) else scalar_text(piece)
            if isinstance(text, str) and out and isinstance(out[-1], str):
                out[-1] += text
            elif text != "":
                out.append(text)
    if not out:
        return ""
    return out[0] if len(out) == 1 else {"Fn::Join": ["", out]}


def is_text(value: Any) -> bool:
    """Our own form of text with parts inside. A template's own text (under a macro) may look otherwise."""
    written = value.get("Fn::Join") if is_intrinsic(value) else None
    return (
        isinstance(written, list)
        and len(written) == len(("separator", "parts"))
        and written[0] == ""
        and isinstance(written[1], list)
    )


Reference = tuple[str, str, str]
"""(path of the leaf, logical id, attribute or '')."""


def references(value: Any, path: str = "") -> list[Reference]:
    """Everything that a value refers to."""
    found: list[Reference] = []
    _gather(value, path, found)
    return found


def _gather(value: Any, path: str, found: list[Reference]) -> None:
    """Every resource is walked: scalars, which are most of it, cost no call."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, HOLDS):
                _gather(item, f"{path}/{index}", found)
    elif isinstance(value, dict):
        if is_intrinsic(value):
            found.extend(_inside(value, path))
        else:
            for key, item in value.items():
                if isinstance(item, HOLDS):
                    _gather(item, f"{path}/{escape(key)}", found)


def _inside(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _inside(item, path)
    elif isinstance(value, dict):
        if is_intrinsic(value):
            name, argument = next(iter(value.items()))
            if name == "Ref" and isinstance(argument, str):
                yield path, argument, ""
                return
            if name == "Fn::GetAtt" and _is_attribute(argument):
                yield path, argument[0], argument[1]
                return
        for item in value.values():
            yield from _inside(item, path)


def _is_attribute(argument: Any) -> bool:
    return isinstance(argument, list) and len(argument) > 1 and all(isinstance(part, str) for part in argument)


def escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def is_secret(value: Any, secrets: Collection[str] = ()) -> bool:
    """A NoEcho value, a reference to a secret, or text that holds a secret we were told of, anywhere inside."""
    if isinstance(value, str):
        return ("{{" in value and _refers(value)) or (bool(secrets) and hidden(secrets).stand_in(value))
    if isinstance(value, dict):
        return any(is_secret(part, secrets) for pair in value.items() for part in pair)
    if isinstance(value, list):
        whole = "".join([part for part in value if isinstance(part, str)])
        return _refers(whole) or any(is_secret(item, secrets) for item in value)
    return isinstance(value, Secret) or (value is not None and bool(secrets) and scalar_text(value) in secrets)


def _refers(text: str) -> bool:
    return "{{resolve:" in text and SECRET_REFERENCE.search(text) is not None


def masked(value: Any, secrets: Collection[str] = ()) -> Any:
    """The value with every secret leaf withheld."""
    if isinstance(value, list):
        return [masked(item, secrets) for item in value]
    if not isinstance(value, dict) or is_intrinsic(value):
        return WITHHELD if is_secret(value, secrets) else value
    return {WITHHELD if is_secret(k, secrets) else k: masked(item, secrets) for k, item in value.items()}


def scrubbed(text: str, secrets: Collection[str] = ()) -> str:
    """A sentence without the secrets that it quotes."""
    text = re.sub(SECRET_REFERENCE.pattern + r"[^}]*(\}\})?", WITHHELD, text)
    return WITHHELD if text in secrets else hidden(secrets).masker(text)


def printable(text: str) -> str:
    """One line without signs that move a terminal's cursor or end a line."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def show(value: Any) -> str:
    """For people, on one line: references as `${Orders}`."""
    if isinstance(value, str | Secret):
        return value if isinstance(value, str) else WITHHELD
    if isinstance(value, HOLDS):
        return _shown(value)
    return "" if value is None else scalar_text(value)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if not is_intrinsic(value):
        return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
    name, argument = next(iter(value.items()))
    if name == "Ref" or (name == "Fn::Sub" and isinstance(argument, str)):
        return "${" + str(argument) + "}" if name == "Ref" else argument
    if name == "Fn::GetAtt" and isinstance(argument, list):
        return "${" + ".".join(show(part) for part in argument) + "}"
    if is_text(value):
        return "".join(show(part) for part in argument[1])
    return f"{name.removeprefix('Fn::')}({show(argument)})"
