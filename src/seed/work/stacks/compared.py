"""Our own answer, beside CloudFormation's: what is deployed against what was packaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seed.aws.port import Cloud
from seed.aws.values import Stack
from seed.changesets import ChangeSet, Pseudo, compare, parse_template
from seed.db.base import now
from seed.packages import Package, adopt
from seed.work.stacks.ask_account import importers
from seed.work.stacks.change_set_request import given
from seed.work.stacks.deployed import deployed_facts, deployed_template


def compared(cloud: Cloud, package: Package, before: Stack | None, secrets: frozenset[str]) -> ChangeSet:
    """Our own answer: what is deployed against what was packaged."""
    pseudo = Pseudo(region=cloud.region, account=cloud.identity().account)
    common: dict[str, Any] = {"stack_name": package.stack_name, "pseudo": pseudo, "secrets": secrets}
    common |= {"capabilities": package.capabilities, "today": now().date()}
    if before is None or before.is_new:
        return compare(None, parse_template(package.template), after=package.parameters, **common)
    old = deployed_template(cloud, package)
    deployed = deployed_facts(cloud, package, before)
    new = parse_template(adopt(package.template, old, deployed.code_equal))
    values: dict[str, Any] = {"before": before.parameters, "after": given(package, before)}
    values |= {"before_tags": before.tags, "after_tags": package.tags}
    changes = compare(old, new, deployed=deployed, **values, **common)
    if changes.outputs and (used := importers(cloud, before.exports)):
        return compare(old, new, deployed=replace(deployed, exports=used), **values, **common)
    return changes
