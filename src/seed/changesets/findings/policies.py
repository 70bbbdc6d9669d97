"""Policy documents of a changed resource as AWS could read them: what is only known later gets a placeholder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from seed.changesets.findings.places import at
from seed.changesets.findings.statements import DOCUMENTS, IDENTITIES
from seed.changesets.model import ResourceChange
from seed.changesets.values import is_intrinsic, is_text, show

LATER = "arn:aws:seed:::known-later/"
IDENTITY_POLICIES = frozenset(
    f"AWS::IAM::{kind}" for kind in ("Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy")
)
NOTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One document before and after."""

    kind: Literal["identity", "resource"]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def policies_of(row: ResourceChange) -> Iterator[PolicyChange]:
    """Those that differ and can be compared: both sides there, both readable."""
    before, after = (_properties(side) for side in (row.before, row.after))
    for path in DOCUMENTS.get(row.resource_type, ()):
        kind: Literal["identity", "resource"] = "identity" if row.resource_type in IDENTITY_POLICIES else "resource"
        yield from _pair(kind, at(before, path), at(after, path))
    if row.resource_type in IDENTITIES:
        olds, news = (_inline(side) for side in (before, after))
        for name, document in news.items():
            yield from _pair("identity", olds.get(name, NOTHING), document)


def _pair(kind: Literal["identity", "resource"], before: Any, after: Any) -> Iterator[PolicyChange]:
    old, new = readable(before), readable(after)
    if isinstance(old, dict) and isinstance(new, dict) and old != new and new.get("Statement"):
        yield PolicyChange(kind, old, new)


def readable(value: Any) -> Any:
    """Plain JSON: a reference alone becomes a placeholder's ARN, one inside a text the placeholder's name."""
    if is_intrinsic(value):
        return _placeholder(value)
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _placeholder(value: Any) -> str:
    if not is_text(value):
        return LATER + _name(value)
    parts = value["Fn::Join"][1]
    first = LATER if not isinstance(parts[0], str) else ""
    return first + "".join(part if isinstance(part, str) else _name(part) for part in parts)


def _name(value: Any) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in show(value)).strip("-") or "value"


def _inline(properties: Mapping[str, Any]) -> dict[str, Any]:
    given = properties.get("Policies")
    policies = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return {show(one.get("PolicyName")): one.get("PolicyDocument") for one in policies}


def _properties(side: Mapping[str, Any] | None) -> Mapping[str, Any]:
    found = (side or {}).get("Properties")
    return found if isinstance(found, dict) else {}
