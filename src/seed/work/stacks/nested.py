"""Look into nested stacks: what changes inside each, compared as its parent is, and shown with it.

The template that runs is asked of the account, the one that comes is in the package. A parameter that the parent
only knows later is taken as it is now, unless the parent says that it moves; then it is shown as what it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from seed.aws.port import Cloud
from seed.aws.values import ChangeSetAnswer, Stack
from seed.changesets import (
    ChangeSet,
    Deployed,
    InvalidTemplate,
    Pseudo,
    ResourceChange,
    compare,
    merge,
    parse_template,
)
from seed.changesets.enrich import looked_into
from seed.changesets.nested import DEEPEST, STACK, given_to, may_differ, properties_of
from seed.changesets.stack_tags import Both, tags_inside
from seed.changesets.values import show
from seed.db.base import now
from seed.errors import SeedError
from seed.packages import Package, PackageStore
from seed.work.stacks.ask_account import ask
from seed.work.stacks.disagreements import tell_disagreements
from seed.work.stacks.validated import warnings


@dataclass(frozen=True)
class Ground:
    """What a nested stack is compared on."""

    cloud: Cloud
    package: Package
    store: PackageStore
    pseudo: Pseudo
    secrets: frozenset[str]
    local: bool
    tags: Both
    """Those of the stack around it, before and after."""


log = structlog.get_logger(__name__)
NOTHING: Mapping[str, ChangeSetAnswer] = {}


def ground_of(
    cloud: Cloud, package: Package, store: PackageStore, before: Stack | None, *, local: bool, secrets: frozenset[str]
) -> Ground:
    """`before`: the stack as it runs."""
    pseudo = Pseudo(region=cloud.region, account=cloud.identity().account)
    tags = before.tags if before else {}, package.tags
    return Ground(cloud, package, store, pseudo, secrets, local, tags)


def look_inside(
    ground: Ground, changes: ChangeSet, said: Mapping[str, ChangeSetAnswer] = NOTHING, depth: int = 0
) -> ChangeSet:
    """The change set with what happens inside of its nested stacks; one that cannot be read stays as it was.

    `said`: what CloudFormation's own change sets of the nested stacks say, by logical id. There, it counts.
    """
    found: dict[str, ChangeSet] = {}
    for row in changes.resources:
        answer = said.get(row.logical_id)
        asked = row.resource_type == STACK and answer is not None and bool(answer.changes)
        if depth >= DEEPEST or not (asked or may_differ(row, ground.tags)):
            continue
        below = replace(ground, tags=tags_inside(row.before, row.after, ground.tags))
        inside = _merged(below, row, _inside(below, row), answer)
        if inside is not None:
            whole = look_inside(below, inside, answer.nested if answer else NOTHING, depth + 1)
            more = warnings(ground.cloud, answer, ground.secrets) if answer else []
            stack = "" if row.action == "Add" else row.physical_id
            found[row.logical_id] = ask(
                ground.cloud, whole, local=ground.local, secrets=ground.secrets, more=more, stack=stack
            )
    return looked_into(changes, found) if found else changes


def _merged(
    ground: Ground, row: ResourceChange, ours: ChangeSet | None, answer: ChangeSetAnswer | None
) -> ChangeSet | None:
    """Both answers; CloudFormation's alone where its template could not be read."""
    if answer is None or answer.status != "CREATE_COMPLETE":
        return ours
    ours = ours or ChangeSet(row.logical_id, new_stack=row.action == "Add")
    merged = merge(ours, answer.changes, answer.valued_changes, prefer="aws", secrets=ground.secrets)
    tell_disagreements(merged)
    return merged


def _inside(ground: Ground, row: ResourceChange) -> ChangeSet | None:
    try:
        running = ground.cloud.stack(row.physical_id) if row.physical_id and row.action != "Add" else None
        old = ground.cloud.template(row.physical_id) if running else None
        new = None if row.action == "Remove" else _packaged(ground, row)
        if (new is None and row.action != "Remove") or (old is None and row.action != "Add"):
            return None
        return _compared(ground, row, running, old, new)
    except (SeedError, InvalidTemplate, OSError, ValueError) as error:
        log.info("nested stack not compared", row=row.logical_id, error=type(error).__name__)
        return None


def _packaged(ground: Ground, row: ResourceChange) -> str | None:
    """The template that comes: the file of the package that the resource's address names."""
    address = show(properties_of(row.after).get("TemplateURL", ""))
    asset = next((one for one in ground.package.assets if one.key in address), None)
    return ground.store.path(asset.sha256).read_text() if asset else None


def _compared(
    ground: Ground, row: ResourceChange, running: Stack | None, old: str | None, new: str | None
) -> ChangeSet:
    before = dict(running.parameters) if running else {}
    resources = ground.cloud.resources(row.physical_id) if running else []
    deployed = Deployed(
        physical_ids={one.logical_id: one.physical_id for one in resources},
        outputs=dict(running.outputs) if running else {},
    )
    after, perhaps = (before, frozenset[str]()) if row.action == "Remove" else given_to(row, before)
    return compare(
        parse_template(old) if old is not None else None,
        parse_template(new) if new is not None else None,
        before=before,
        after=after,
        perhaps=perhaps,
        deployed=deployed,
        stack_name=running.name if running else row.logical_id,
        pseudo=ground.pseudo,
        secrets=ground.secrets,
        capabilities=ground.package.capabilities,
        today=now().date(),
        before_tags=ground.tags[0],
        after_tags=ground.tags[1],
    )
