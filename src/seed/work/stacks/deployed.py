"""What runs on a stack now, as a comparison needs to know it."""

from __future__ import annotations

from typing import Any

from seed.aws.port import Cloud
from seed.aws.values import Stack
from seed.changesets import Deployed, parse_template
from seed.changesets.routine import FUNCTION, LAYER
from seed.packages import Package, adopt, moved_layers


def deployed_template(cloud: Cloud, package: Package) -> dict[str, Any]:
    return parse_template(cloud.template(package.stack_name) or '{"Resources": {}}')


def adopted(cloud: Cloud, package: Package, stack: Stack, deployed: dict[str, Any]) -> str:
    """The package's template as it is sent to a stack on which `deployed` runs."""
    moved = any(moved_layers(parse_template(package.template), deployed))
    equal = deployed_facts(cloud, package, stack).code_equal if moved else ()
    return adopt(package.template, deployed, equal)


def deployed_facts(cloud: Cloud, package: Package, stack: Stack) -> Deployed:
    resources = cloud.resources(stack.name)
    codes = {logical_id: asset.code_sha256 for asset in package.assets for logical_id in asset.used_by}
    runs = {FUNCTION: cloud.code_sha256, LAYER: cloud.layer_sha256}
    equal = {
        r.logical_id
        for r in resources
        if r.resource_type in runs
        and r.logical_id in codes
        and runs[r.resource_type](r.physical_id) == codes[r.logical_id]
    }
    return Deployed(
        physical_ids={r.logical_id: r.physical_id for r in resources},
        outputs=dict(stack.outputs),
        code_equal=frozenset(equal),
    )
