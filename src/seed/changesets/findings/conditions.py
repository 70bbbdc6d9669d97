"""Conditions of policies: the same in any order, and whether one keeps strangers out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.networks import strangers
from seed.changesets.values import is_intrinsic, scalar_text, show

POSITIVE = re.compile(
    r"(foranyvalue:)?(stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress)", re.IGNORECASE
)
"""Others deny a few (StringNotEquals) or let pass who has no such key (IfExists, ForAllValues)."""
RESTRICTING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "aws:vpcsourceip",
        "elasticfilesystem:accessedviamounttarget",
        "kms:calleraccount",
        "lambda:eventsourcetoken",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "sns:endpoint",
    }
)
ACCOUNT = 4
ANY = frozenset("*?")
"""The part of an ARN that names an account."""


def canonical(condition: Any) -> str:
    """The same text for the same condition: keys and values have no order, one value is a list of one."""
    if not isinstance(condition, dict) or not condition:
        return json.dumps(condition, sort_keys=True, default=str) if condition else ""
    plain = {
        operator: {key: _values(value) for key, value in keys.items()} if isinstance(keys, dict) else keys
        for operator, keys in condition.items()
    }
    return json.dumps(plain, sort_keys=True, default=str)


def in_words(condition: str) -> str:
    """`StringEquals aws:SourceAccount: 123` instead of JSON; references as everywhere."""
    try:
        found = json.loads(condition) if condition.startswith("{") else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return condition
    parts = [
        f"{operator} {key}: {', '.join(map(show, value)) if isinstance(value, list) else show(value)}"
        for operator, keys in found.items()
        if isinstance(keys, dict)
        for key, value in keys.items()
    ]
    return "; ".join(parts) or condition


def restricts(condition: str) -> bool:
    """Whether strangers are kept out: `aws:SecureTransport` does not, `aws:SourceArn` does."""
    if not condition.startswith("{"):
        return bool(condition)
    return any(
        POSITIVE.fullmatch(operator) and _restricting(key) and all(map(_narrow, _listed(values)))
        for operator, key, values in _parts(json.loads(condition))
    )


def names_subject(condition: str, key: str) -> bool:
    """Whether tokens of one sort alone are taken: `…:sub` is more than `repo:*`."""
    if not condition.startswith("{"):
        return False
    return any(
        POSITIVE.fullmatch(operator) and name.lower().endswith(key) and all(map(_some_subject, _listed(values)))
        for operator, name, values in _parts(json.loads(condition))
    )


def _some_subject(value: Any) -> bool:
    """`repo:me/shop`, and not `repo:*`."""
    if is_intrinsic(value):
        return True
    kind, colon, rest = scalar_text(value).partition(":")
    return bool((rest if colon else kind).strip("*?/"))


def _parts(condition: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for operator, keys in condition.items():
        if operator.lower() == "bool" and isinstance(keys, dict):
            yield from (("StringEquals", key, value) for key, value in keys.items() if scalar_text(value) == "true")
        elif isinstance(keys, dict):
            yield from ((operator, key, value) for key, value in keys.items())


def _restricting(key: str) -> bool:
    return key.lower() in RESTRICTING or key.lower().startswith("aws:principaltag/")


def _narrow(value: Any) -> bool:
    if not isinstance(value, str):
        return is_intrinsic(value) or value is not None
    parts = value.split(":", ACCOUNT + 1)
    if (
        value.startswith("arn:") and len(parts) > ACCOUNT + 1
    ):  # of a bucket without an account only its name tells whose
        return not ANY & set(parts[ACCOUNT]) and bool(parts[ACCOUNT] or parts[ACCOUNT + 1].strip("*?/"))
    if value.startswith("arn:"):
        return not ANY & set(value)
    return bool(value.strip("*?")) and not strangers(value)


def _values(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return value[0] if len(value) == 1 else sorted(value, key=lambda one: json.dumps(one, sort_keys=True, default=str))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
