"""What is known of a stack as it runs: ours to fill from an account, or read from a file of AWS's own answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seed.errors import Invalid

OWN = {"physical_ids", "outputs", "exports"}
RESOURCES = ("StackResources", "StackResourceSummaries")


@dataclass(frozen=True)
class Deployed:
    """All of it may be left out."""

    physical_ids: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Export name → the stacks that import it."""
    code_equal: frozenset[str] = frozenset()
    """Functions whose deployed code is ours already, wherever it is stored."""


def read_deployed(data: Any) -> Deployed:
    """`{"physical_ids": {}, "outputs": {}, "exports": {}}`, or the answers of DescribeStackResources,
    ListStackResources and DescribeStacks, one of them or their members in one object.
    """
    if not isinstance(data, dict) or not data.keys() & {*OWN, *RESOURCES, "Stacks"}:
        raise Invalid(
            "What is deployed is not told in a shape we know.",
            hint='{"physical_ids": {"Id": "…"}, "outputs": {"Name": "…"}, "exports": {"Name": ["stack", …]}}',
        )
    return Deployed(
        physical_ids=_texts(data, "physical_ids") | dict(_physical_ids(data)),
        outputs=_texts(data, "outputs") | dict(_outputs(data)),
        exports={name: tuple(map(str, stacks or ())) for name, stacks in _object(data, "exports").items()},
    )


def _texts(data: Mapping[str, Any], key: str) -> dict[str, str]:
    return {name: str(value) for name, value in _object(data, key).items()}


def _object(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise Invalid(f"{key} is not an object.", where=key)
    return found


def _objects(data: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = data.get(key)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _physical_ids(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in RESOURCES:
        for one in _objects(data, key):
            yield str(one.get("LogicalResourceId", "")), str(one.get("PhysicalResourceId", ""))


def _outputs(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for stack in _objects(data, "Stacks"):
        for one in _objects(stack, "Outputs"):
            yield str(one.get("OutputKey", "")), str(one.get("OutputValue", ""))
