"""Policies that only hold back: where there is none, whoever reaches the resource may do with it what others allow."""

from __future__ import annotations

from typing import Any

from seed.changesets.findings.places import at
from seed.changesets.findings.statements import DOCUMENTS, EVERYBODY, Permission, permissions
from seed.changesets.values import is_intrinsic, show

API = "AWS::ApiGateway::RestApi"
FENCES = frozenset([API, "AWS::EC2::VPCEndpoint", "AWS::EFS::FileSystem"])
OPEN = Permission("Allow", EVERYBODY, "*", "*")
"""What stands where a fence has no policy. Sources: the guides of API Gateway (resource policies), VPC endpoints
(default endpoint policy) and EFS (default file system policy).
"""


def in_force(resource_type: str, properties: dict[str, Any]) -> list[Permission]:
    """What the policies of a resource that is there give and deny, also by not being there."""
    return [OPEN] if _is_open(resource_type, properties) else permissions(resource_type, properties)


def _is_open(resource_type: str, properties: dict[str, Any]) -> bool:
    if resource_type not in FENCES or any(at(properties, path) is not None for path in DOCUMENTS[resource_type]):
        return False
    return resource_type != API or not (_private(properties) or _elsewhere(properties))


def _private(properties: dict[str, Any]) -> bool:
    """A private API without a policy lets nobody in; where its kind is not known, nothing is claimed."""
    kind = properties.get("EndpointConfiguration")
    return is_intrinsic(kind) or "PRIVATE" in show(at(kind, "Types"))


def _elsewhere(properties: dict[str, Any]) -> bool:
    """The document that may hold the policy lies where it cannot be read."""
    return "BodyS3Location" in properties or is_intrinsic(properties.get("Body"))
