"""Whether what CloudFormation will do is what was confirmed: the real change set against the preview of it.

Pure. A preview is our own comparison, made before an earlier phase has run; values that this phase exports stand
in it as references. Whatever the real change set holds beyond it is named, in sentences, for a second review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seed.changesets import ChangeSet, PropertyChange, ResourceChange, Severity
from seed.changesets.values import is_intrinsic

PREVIEW = "preview"
"""The rule of the finding that marks a preview; it is no news when it is gone."""
REPLACED = {"False": 0, "Conditional": 1, "True": 2}
RECREATED = {"Never": 0, "Conditionally": 1, "Always": 2}
LOSES = frozenset({"Delete", "ReplaceAndDelete"})


def not_covered(confirmed: ChangeSet, real: ChangeSet) -> list[str]:
    """What nobody has confirmed; empty when the real change set holds nothing that the preview did not show."""
    return [
        *_resources(confirmed.resources, real.resources),
        *_findings(confirmed, real),
        *_values("the output", confirmed.outputs, real.outputs),
        *_values("the parameter", confirmed.parameters, real.parameters),
        *_values("the tag", confirmed.tags, real.tags),
    ]


def fits(seen: Any, real: Any) -> bool:
    """Whether `real` is what was shown as `seen`: a reference may have become any value."""
    if is_intrinsic(seen):
        return True
    if isinstance(seen, Mapping) and isinstance(real, Mapping):
        return seen.keys() == real.keys() and all(fits(seen[key], real[key]) for key in seen)
    if isinstance(seen, list | tuple) and isinstance(real, list | tuple):
        return len(seen) == len(real) and all(map(fits, seen, real))
    return bool(seen == real)


def _resources(confirmed: Iterable[ResourceChange], real: Iterable[ResourceChange]) -> Iterator[str]:
    known = {row.logical_id: row for row in confirmed}
    for row in real:
        seen = known.get(row.logical_id)
        if seen is None or seen.resource_type != row.resource_type:
            yield f"{row.action} {row.logical_id} ({row.resource_type})"
        elif seen.action != row.action:
            yield f"{row.action} {row.logical_id} instead of {seen.action}"
        else:
            yield from _row(seen, row)


def _row(seen: ResourceChange, row: ResourceChange) -> Iterator[str]:
    if REPLACED[row.replacement] > REPLACED[seen.replacement]:
        yield f"{row.logical_id} would be replaced"
    if row.policy_action in LOSES and seen.policy_action not in LOSES and row.policy_action != seen.policy_action:
        yield f"{row.logical_id} would be deleted ({row.policy_action})"
    if row.action == "Add" and seen.after is not None and row.after is not None and not fits(seen.after, row.after):
        yield f"{row.logical_id} would be made otherwise"
    if (row.more or seen.more) and not (row.after and seen.after and fits(seen.after, row.after)):
        yield f"{row.logical_id} has more changes than are listed"
    known = {(one.attribute, one.path): one for one in seen.properties}
    for one in row.properties:
        was = known.get((one.attribute, one.path))
        if was is None:
            yield f"{one.path} of {row.logical_id}"
        elif RECREATED[one.recreation] > RECREATED[was.recreation]:
            yield f"{one.path} of {row.logical_id} would recreate it"
        elif not _same(was, one):
            yield f"another value of {one.path} of {row.logical_id}"


def _findings(confirmed: ChangeSet, real: ChangeSet) -> Iterator[str]:
    known = {(one.rule, one.logical_id): one.severity for one in confirmed.findings}
    for one in real.findings:
        if one.rule == PREVIEW or one.severity == Severity.ROUTINE:
            continue
        seen = known.get((one.rule, one.logical_id))
        if seen is None or one.severity > seen:
            yield one.sentence


def _values(what: str, confirmed: Iterable[PropertyChange], real: Iterable[PropertyChange]) -> Iterator[str]:
    known = {one.path: one for one in confirmed}
    for one in real:
        was = known.get(one.path)
        if was is None or not _same(was, one):
            yield f"{what} {one.path.rsplit('/', 1)[-1]}"


def _same(seen: PropertyChange, real: PropertyChange) -> bool:
    if seen.has_after != real.has_after:
        return False
    if seen.secret or real.secret:
        return seen.secret == real.secret
    return not seen.after_known or not real.after_known or fits(seen.after, real.after)
