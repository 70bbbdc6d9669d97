"""Values in one order: lists that are sets are sorted, and one item alone is a list of one where a policy says so."""

from __future__ import annotations

from typing import Any

from seed.changesets.values import same

POLICY = frozenset({"Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated", "CanonicalUser"})
"""Of a policy statement: `x` and `[x]` say the same."""
SETS = POLICY | frozenset(
    {
        "Statement",
        "Tags",
        "ManagedPolicyArns",
        "SecurityGroupIds",
        "SecurityGroupIngress",
        "SecurityGroupEgress",
        "SubnetIds",
        "AttributeDefinitions",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "AllowMethods",
        "AllowHeaders",
        "AllowOrigins",
        "NonKeyAttributes",
        "AllowedOAuthFlows",
        "AllowedOAuthScopes",
        "AuthorizationScopes",
        "CallbackURLs",
        "ExplicitAuthFlows",
        "LogoutURLs",
        "SupportedIdentityProviders",
        "TrustedKeyGroups",
        "VpcSecurityGroupIds",
    }
)
"""Lists whose order means nothing, by the name of their property."""
CONDITION = "Condition"


def alike(a: Any, b: Any, key: str, *, condition: bool = False) -> bool:
    """Different at most in an order that means nothing. `key` is the name that both have."""
    return same(_ordered(a, key, condition), _ordered(b, key, condition))


def _ordered(value: Any, key: str, condition: bool) -> Any:
    """In a condition every list is a set, and one value a list of one."""
    if isinstance(value, dict):
        inside = condition or key == CONDITION
        return {name: _ordered(item, name, inside) for name, item in value.items()}
    if isinstance(value, list):
        items = [_ordered(item, "", False) for item in value]
        return sorted(items, key=repr) if condition or key in SETS else items
    return [value] if isinstance(value, str) and (condition or key in POLICY) else value
