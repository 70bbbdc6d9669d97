"""Ask the account what the templates do not know: how much is in what would go, whether a name is taken, who imports an
export, whether somebody changed what changes now, and whether IAM Access Analyzer finds new access.

Only reads, and only for what a reviewer must know. An account that does not allow one of them is no reason to have
no review: what could not be asked is left out, or said where its absence could mislead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import TypeVar

import structlog

from seed.aws.errors import AccessDenied
from seed.aws.port import Cloud
from seed.aws.values import Drift, Held
from seed.changesets import ChangeSet, Finding, ResourceChange
from seed.changesets.enrich import Counted, enriched
from seed.changesets.findings.access_analyzed import analyzed
from seed.changesets.findings.access_not_analyzed import not_analyzed
from seed.changesets.findings.data import EMPTY, HOLDS
from seed.changesets.findings.drifted import by_hand, looked_at
from seed.changesets.findings.name_taken import taken
from seed.changesets.findings.policies import policies_of
from seed.changesets.rules import name_property
from seed.counting import counted
from seed.db.base import now
from seed.errors import SeedError

log = structlog.get_logger(__name__)
AT_ONCE = 8
MOST = 100
"""So many resources are asked for; a change set that loses more is dangerous without a number."""
MOST_COMPARED = 50
"""So many are compared with what the stack made of them: for each, CloudFormation reads the resource itself."""
DRIFT = "DetectStackResourceDrift"
BYTES = {"AWS::Logs::LogGroup": "logs", "AWS::EFS::FileSystem": "files"}
UNIT = 1024
T = TypeVar("T")
R = TypeVar("R")


def ask(
    cloud: Cloud,
    change_set: ChangeSet,
    *,
    local: bool,
    secrets: frozenset[str] = frozenset(),
    more: Iterable[Finding] = (),
    stack: str = "",
) -> ChangeSet:
    """The change set with what the account said, now and before (`more`). The local AWS has no Access Analyzer.

    `stack`: the name or id of the one that runs, whose resources may have been changed by hand.
    """
    held = _held(cloud, [row for row in change_set.resources if _may_go(row)][:MOST])
    taken = _taken(cloud, [row for row in change_set.resources if _named(row)][:MOST])
    access = [] if local else _access(cloud, change_set)
    moved = _by_hand(cloud, stack, [row for row in change_set.resources if looked_at(row)][:MOST_COMPARED])
    return enriched(change_set, held, [*taken, *access, *moved, *more], secrets)


def importers(cloud: Cloud, exports: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Who imports each export, for those that anybody imports."""
    names = list(exports)
    found = _each(names, cloud.importers)
    return {name: stacks for name, stacks in zip(names, found, strict=True) if stacks}


def in_words(held: Held, resource_type: str) -> str:
    """`1,204,331 items`, `10,000+ objects`, `5.1 KB of logs`, `nothing`."""
    if held.number == 0:
        return EMPTY
    if held.unit == "byte":
        return f"{_bytes(held.number)} of {BYTES.get(resource_type, 'data')}"
    size = f" ({_bytes(held.size)})" if held.size else ""
    number, unit = counted(held.number, held.unit).split(" ", 1)
    return f"{number}{'+' if held.at_least else ''} {unit}{size}"


def _bytes(number: int) -> str:
    size = float(number)
    for unit in ("bytes", "KB", "MB", "GB", "TB"):
        if size < UNIT or unit == "TB":
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= UNIT
    raise AssertionError(number)


def _may_go(row: ResourceChange) -> bool:
    gone = row.action == "Remove" or (row.action == "Modify" and row.replacement != "False")
    return gone and not row.routine and row.resource_type in HOLDS and bool(row.physical_id)


def _held(cloud: Cloud, rows: list[ResourceChange]) -> dict[str, Counted]:
    answers = _each(rows, lambda row: cloud.held(row.resource_type, row.physical_id))
    asked = now()
    return {
        row.logical_id: Counted(
            in_words(held, row.resource_type),
            (held.at or asked).astimezone(UTC).isoformat(timespec="seconds"),
            held.lag,
        )
        for row, held in zip(rows, answers, strict=True)
        if held is not None
    }


def _named(row: ResourceChange) -> bool:
    return not row.routine and (row.action == "Add" or row.replacement == "True") and bool(_new_name(row))


def _new_name(row: ResourceChange) -> str:
    """The name that a resource which is made anew brings along; '' where it has none, or keeps its old one."""
    key = name_property(row.resource_type)
    before, after = ((side or {}).get("Properties") or {} for side in (row.before, row.after))
    name = after.get(key) if key and isinstance(after, Mapping) else None
    return name if isinstance(name, str) and name and name != before.get(key) else ""


def _taken(cloud: Cloud, rows: list[ResourceChange]) -> list[Finding]:
    answers = _each(rows, lambda row: cloud.taken(row.resource_type, _new_name(row)))
    return [
        taken(row, name_property(row.resource_type), _new_name(row))
        for row, there in zip(rows, answers, strict=True)
        if there
    ]


def _by_hand(cloud: Cloud, stack: str, rows: list[ResourceChange]) -> list[Finding]:
    answers = _drifts(cloud, stack, rows) if stack else []
    told = (
        by_hand(row, gone=drift.gone, moved=[(one.path, one.expected, one.actual) for one in drift.moved])
        for row, drift in zip(rows, answers, strict=False)
        if drift is not None
    )
    return [finding for finding in told if finding is not None]


def _drifts(cloud: Cloud, stack: str, rows: list[ResourceChange]) -> list[Drift | None]:
    """Who may not ask the question for one resource may not for any. That CloudFormation may not read one of them, with
    the same role, says nothing of the others.
    """
    refused: list[AccessDenied] = []

    def one(row: ResourceChange) -> Drift | None:
        if refused:
            return None
        try:
            return cloud.drift(stack, row.logical_id)
        except AccessDenied as error:
            if DRIFT not in error.sentence:
                raise
            refused.append(error)
            return None

    answers = _each(rows, one)
    if refused:
        log.info("not asked", what=f"whether what changes in {stack} was changed by hand", error=refused[0].sentence)
    return answers


def _access(cloud: Cloud, change_set: ChangeSet) -> list[Finding]:
    """CheckNoNewAccess for each policy that changes. Where it cannot be asked, that is said once."""
    found: list[Finding] = []
    for row in change_set.resources:
        if row.action != "Modify" or row.routine:
            continue
        for policy in policies_of(row):
            try:
                said = cloud.new_access(policy.before, policy.after, policy.kind)
            except SeedError as error:
                return [*found, not_analyzed(error.sentence)]
            found.append(analyzed(row, new=said.new, reasons=said.reasons or (said.message,)))
    return found


def _each(things: list[T], look: Callable[[T], R]) -> list[R | None]:
    """Each answer, side by side; None where it could not be had."""

    def one(thing: T) -> R | None:
        try:
            return look(thing)
        except SeedError as error:
            log.info("not asked", what=str(thing)[:200], error=error.code)
            return None

    if not things:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(things))) as pool:
        return list(pool.map(one, things))
