"""What is known of a stack as it runs: ours to fill from an account, or read from a file of AWS's own answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seed.changesets.evaluate import Pseudo
from seed.errors import Invalid

OWN = {"physical_ids", "outputs", "exports", "properties", "stack_id"}
RESOURCES = ("StackResources", "StackResourceSummaries")


@dataclass(frozen=True)
class Deployed:
    """All of it may be left out."""

    physical_ids: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Export name → the stacks that import it."""
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of resources, by logical id: properties and attributes as they really are."""
    stack_id: str = ""
    """The stack's ARN: it tells region, account and name."""
    code_equal: frozenset[str] = frozenset()
    """Functions whose deployed code is ours already, wherever it is stored."""


def read_deployed(data: Any) -> Deployed:
    """`{"physical_ids": {}, "outputs": {}, "exports": {}, "properties": {}, "stack_id": ""}`, or the answers of
    DescribeStackResources, ListStackResources and DescribeStacks, one of them or their members in one object.
    """
    if not isinstance(data, dict) or not data.keys() & {*OWN, *RESOURCES, "Stacks"}:
        raise Invalid(
            "What is deployed is not told in a shape we know.",
            hint='{"physical_ids": {"Id": "…"}, "outputs": {"Name": "…"}, "exports": {"Name": ["stack", …]}}',
        )
    return Deployed(
        physical_ids=_texts(data, "physical_ids") | dict(_physical_ids(data)),
        outputs=_texts(data, "outputs") | dict(_outputs(data)),
        exports={name: _stacks(name, stacks) for name, stacks in _object(data, "exports").items()},
        properties={name: found for name, found in _object(data, "properties").items() if isinstance(found, dict)},
        stack_id=next(filter(None, [str(data.get("stack_id") or ""), *_stack_ids(data)]), ""),
    )


def pseudo_of(deployed: Deployed) -> Pseudo:
    """Where the stack is, by its ARN, or by that of something in it."""
    for arn in (deployed.stack_id, *deployed.physical_ids.values()):
        parts = arn.split(":", 5)
        if len(parts) > 5 and parts[0] == "arn" and parts[3] and parts[4].isdecimal():  # noqa: PLR2004, parts of an ARN
            own = arn == deployed.stack_id
            return Pseudo(
                partition=parts[1],
                region=parts[3],
                account=parts[4],
                stack_name=parts[5].split("/")[1] if own and "/" in parts[5] else "",
                stack_id=arn if own else "",
            )
    return Pseudo()


def _stacks(name: str, stacks: Any) -> tuple[str, ...]:
    if not isinstance(stacks or [], list):
        raise Invalid("Who imports an export is a list of stacks.", where=f"exports.{name}")
    return tuple(map(str, stacks or ()))


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


def _stack_ids(data: Mapping[str, Any]) -> Iterator[str]:
    for key in (*RESOURCES, "Stacks"):
        for one in _objects(data, key):
            yield str(one.get("StackId") or "")


def _outputs(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for stack in _objects(data, "Stacks"):
        for one in _objects(stack, "Outputs"):
            yield str(one.get("OutputKey", "")), str(one.get("OutputValue", ""))
