"""Outputs and exports that others may import go away or change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import listed


def find(review: Review) -> Iterator[Finding]:
    if review.old is None:
        return
    was, now = exported(review.old), exported(review.new)
    for name in was:
        users = list(review.imported_by.get(name, ()))
        if name not in now and users:
            yield Finding(
                "export-in-use",
                Severity.DANGER,
                f"The deployment will fail: the export {name} goes, but {listed(users)} import it.",
                evidence=name,
                hint="Deploy the importing stacks without it first.",
            )
        elif name not in now:
            yield Finding(
                "export-removed",
                Severity.NOTICE,
                f"The export {name} goes: if another stack imports it, the deployment fails.",
                evidence=name,
            )


def exported(world: World) -> dict[str, Any]:
    found = {}
    for output in world.section("Outputs").values():
        if world.condition(output.get("Condition")) is not False and isinstance(output.get("Export"), dict):
            name = world.value(output["Export"].get("Name"))
            if isinstance(name, str):
                found[name] = output.get("Value")
    return found


RULE = Rule(
    "export-in-use, export-removed",
    "An export is removed",
    "danger",
    "CloudFormation refuses to remove or change an export that another stack imports.",
    "CloudFormation user guide: Outputs, Fn::ImportValue",
    find,
)
