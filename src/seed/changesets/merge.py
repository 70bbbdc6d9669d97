"""Bring AWS's answer and our own comparison together, row by row.

On a real account (`prefer="aws"`) AWS's action, replacement and details stand, ours add values and findings.
On the local AWS (`prefer="seed"`) ours stand, because it gives no values, reports dependents that do not
change and lists resources whose condition is false: what it alone lists is left out when it is an addition or
an update, and kept when it is a removal (nothing may vanish unseen). Every row knows its source; where both speak
and differ in what happens to the resource, that is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from seed.changesets.aws_read import UNKNOWN, read_changes, value_of
from seed.changesets.aws_shape import as_told
from seed.changesets.findings import find_in_rows
from seed.changesets.findings.sources_disagree import ONLY_OURS, ONLY_THEIRS, disagreement, only, unexplained
from seed.changesets.judge import judged
from seed.changesets.model import ChangeSet, Finding, PropertyChange, ResourceChange
from seed.changesets.reasons import NONE, Kind, marks, reason_of
from seed.changesets.values import WITHHELD, hidden, same, show

CUT = "(Truncated-Signature)"
"""Stands in long values that AWS tells only in part."""


def merge(
    ours: ChangeSet,
    aws_plain: Sequence[Mapping[str, Any]],
    aws_valued: Sequence[Mapping[str, Any]],
    *,
    prefer: Literal["aws", "seed"],
    secrets: Collection[str] = (),
) -> ChangeSet:
    """One change set of both. `aws_plain` and `aws_valued` are `Changes[]` of DescribeChangeSet.

    `secrets` as for `compare`: AWS's own values are searched for them too.
    """
    secrets = hidden(secrets)
    theirs = read_changes(aws_plain, aws_valued, secrets)
    mine = {row.logical_id: row for row in ours.resources}
    expected = {row.logical_id: row for row in as_told(ours.resources)} if prefer == "aws" else mine
    rows: list[ResourceChange] = []
    findings = list(ours.findings)
    for row in ours.resources:
        other = theirs.get(row.logical_id)
        if other is None:
            if prefer == "aws" and (row.inferred or row.action == "Dynamic"):
                continue  # it was only there because AWS might list it: its conditions are decided
            rows.append(row)
            if prefer == "aws":
                findings.append(only(row, ONLY_OURS))
            continue
        rows.append(_both(row, other, prefer))
        findings += _disagreement(row, expected[row.logical_id], other, prefer)
    for name, other in theirs.items():
        if name in mine or (prefer == "seed" and other.action in ("Add", "Modify")):
            continue
        rows.append(other)
        findings.append(only(other, ONLY_THEIRS))
    merged = replace(ours, resources=tuple(rows), findings=tuple(findings))
    return judged(merged, find_in_rows(merged), secrets)


def _both(ours: ResourceChange, aws: ResourceChange, prefer: str) -> ResourceChange:
    if prefer == "seed":
        return replace(ours, source="both", physical_id=aws.physical_id or ours.physical_id)
    properties = _properties(ours, aws)
    quiet = ours.routine and aws.replacement in (ours.replacement, "False")
    if _unexplained(ours, aws):
        quiet = False
    if aws.replacement == "True" and ours.routine_kind == Kind.SAME:
        quiet = False  # what is made anew for it is not the same to CloudFormation
    return replace(
        ours,
        action=aws.action,
        replacement=aws.replacement,
        physical_id=aws.physical_id or ours.physical_id,
        scope=aws.scope or ours.scope,
        policy_action=aws.policy_action or ours.policy_action,
        properties=properties,
        more=max(0, ours.more + len(ours.properties) - len(properties)),
        **marks(reason_of(ours) if quiet else NONE),
        source="both",
        change_set=aws.change_set,
    )


def _unexplained(ours: ResourceChange, aws: ResourceChange) -> list[str]:
    """Places that CloudFormation certainly changes, and of which the templates say nothing."""
    known = {above for change in ours.properties for above in _up(change.path)}
    exact = {change.path for change in ours.properties}
    return [
        change.path
        for change in aws.properties
        if change.evaluation == "Static" and change.change_source == "DirectModification"
        if change.path not in known and exact.isdisjoint(_up(change.path))
    ]


def _properties(ours: ResourceChange, aws: ResourceChange) -> tuple[PropertyChange, ...]:
    """AWS's details; values from ours where AWS gives none or a whole document, and never one that we withhold."""
    mine = {change.path: change for change in ours.properties}
    secret = {above: change for change in mine.values() if _withholds(change) for above in _up(change.path)}
    below: dict[str, list[PropertyChange]] = defaultdict(list)
    for change in ours.properties:
        for above in _up(change.path)[1:]:
            below[above].append(change)
    rows: dict[tuple[str, str], PropertyChange] = {}
    for change in aws.properties:
        inner = [_placed(change, one) for one in below[change.path] if _same_cause(change, one)]
        found = inner or [_filled(change, _nearest(change.path, mine, secret))]
        rows |= {(one.path, one.causing_entity): one for one in found}
    told = {change.path for change in aws.properties}
    missing = [change for path, change in mine.items() if told.isdisjoint(_up(path))]
    return (*rows.values(), *missing)


def _same_cause(aws: PropertyChange, ours: PropertyChange) -> bool:
    return not (aws.causing_entity and ours.causing_entity) or aws.causing_entity == ours.causing_entity


def _placed(aws: PropertyChange, ours: PropertyChange) -> PropertyChange:
    """What AWS says of a document as a whole, told of the place in it that differs."""
    return replace(
        ours,
        recreation=aws.recreation,
        evaluation=aws.evaluation,
        change_source=aws.change_source,
        causing_entity=aws.causing_entity,
    )


def _filled(aws: PropertyChange, ours: PropertyChange | None) -> PropertyChange:
    if ours is None:
        return aws
    if ours.secret or (ours.path != aws.path and _withholds(ours)):
        return replace(aws, before=None, after=None, secret=True, **marks(reason_of(ours)))
    if ours.path != aws.path:
        return aws
    if _withholds(ours):  # what is secret in it is withheld in ours, and its names are there
        aws = replace(aws, before=None, after=None, secret=False)
    told = replace(aws, **marks(reason_of(ours)))
    if aws.before is None and aws.after is None:
        told = replace(told, has_before=ours.has_before, has_after=ours.has_after)
    if told.has_before and _ours_says_more(aws.before, ours.before):
        told = replace(told, before=ours.before)
    if told.has_after and (_ours_says_more(aws.after, ours.after) or not aws.after_known):
        told = replace(told, after=ours.after, after_known=ours.after_known)
    return told


def _withholds(ours: PropertyChange) -> bool:
    """All of it, or a part."""
    return ours.secret or any(WITHHELD in show(value) for value in (ours.before, ours.after))


def _ours_says_more(aws: Any, ours: Any) -> bool:
    """AWS tells nothing, a part of a long value, or a text around what is only known later; or it tells the same, and
    ours keeps the type: AWS writes numbers as text, and what it answers as text is read as an object here.
    """
    if aws is None or (isinstance(aws, str) and (CUT in aws or UNKNOWN in aws)):
        return True
    return same(aws, ours) or (isinstance(ours, str) and value_of(ours) == aws)


def _nearest(
    path: str, mine: Mapping[str, PropertyChange], secret: Mapping[str, PropertyChange]
) -> PropertyChange | None:
    """The same path; else a secret one above or below, whose value must not come in by AWS's row."""
    if path in mine or path in secret:
        return mine.get(path) or secret[path]
    return next((mine[above] for above in _up(path) if above in mine and _withholds(mine[above])), None)


def _up(path: str) -> list[str]:
    """The path, and every path above it."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _disagreement(ours: ResourceChange, told: ResourceChange, aws: ResourceChange, prefer: str) -> list[Finding]:
    """`told` is ours as CloudFormation would say it."""
    if prefer == "seed":
        return []  # the local AWS does not know most replacement rules: it differing says nothing
    if ours.action != aws.action or aws.replacement not in (ours.replacement, told.replacement):
        return [disagreement(ours, aws)]
    more = _unexplained(ours, aws) if aws.action == "Modify" else []
    return [unexplained(ours, more)] if more and not ours.more else []
