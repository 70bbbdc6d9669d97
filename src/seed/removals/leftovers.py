"""What a stack leaves in the account by its template's own policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets import ResourceChange, compare, parse_template
from seed.errors import SeedError

VERSION = "AWS::Lambda::Version"


def kept_by_policy(
    text: str, physical: Mapping[str, str], parameters: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Each of the resources that are there that stays. A function's versions go with it, whatever is said of them."""
    try:
        template = parse_template(text)
        rows = compare(template, None, before=parameters or {}).resources
    except SeedError:
        return []
    there = [row for row in rows if row.logical_id in physical]
    staying = {row.logical_id: row for row in there if row.policy_action in {"Retain", "Snapshot"}}
    return [
        {
            "id": name,
            "type": row.resource_type,
            "physical_id": physical[name],
            "because": f"its DeletionPolicy is {row.policy_action}",
        }
        for name, row in staying.items()
        if not _goes_with_its_function(row, template, staying)
    ]


def _goes_with_its_function(
    row: ResourceChange, template: Mapping[str, Any], staying: Mapping[str, ResourceChange]
) -> bool:
    if row.resource_type != VERSION:
        return False
    resources = template["Resources"]
    function = resources[row.logical_id].get("Properties", {}).get("FunctionName")
    name = function.get("Ref", "") if isinstance(function, dict) else ""
    return name in resources and name not in staying
