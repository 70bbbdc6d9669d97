"""Our own answer, beside CloudFormation's: what is deployed against what was packaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seed.aws.port import Cloud, Stack
from seed.changesets import ChangeSet, PropertyChange, Pseudo, compare, parse_template
from seed.changesets.values import is_secret
from seed.db.base import now
from seed.packages import Package, adopt
from seed.work.ask_account import importers
from seed.work.change_set_request import given
from seed.work.deployed import deployed_facts, deployed_template


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
    changes = compare(old, new, deployed=deployed, **values, **common)
    if changes.outputs and (used := importers(cloud, before.exports)):
        changes = compare(old, new, deployed=replace(deployed, exports=used), **values, **common)
    return replace(changes, tags=_tags(before.tags, package.tags, secrets))


def _tags(before: Mapping[str, str], after: Mapping[str, str], secrets: frozenset[str]) -> tuple[PropertyChange, ...]:
    return tuple(
        _tag(name, before.get(name), after.get(name), secrets)
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _tag(name: str, before: str | None, after: str | None, secrets: frozenset[str]) -> PropertyChange:
    secret = is_secret([before, after], secrets)
    return PropertyChange(
        path=f"/Tags/{name}",
        attribute="Tags",
        before=None if secret else before,
        after=None if secret else after,
        has_before=before is not None,
        has_after=after is not None,
        secret=secret,
    )
