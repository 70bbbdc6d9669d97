"""What the sentence at the top says of access that is dangerous: what is open to the world, who may do everything."""

from __future__ import annotations

from collections.abc import Mapping

from seed.changesets.findings import access_public, access_sweeping, exposed
from seed.changesets.model import ChangeSet, Finding, ResourceChange, Severity
from seed.changesets.words import clipped, listed, word
from seed.counting import counted

NAMED = 3
"""So many are named; more are counted."""
OPEN, SWEEPING = frozenset({access_public.RULE.id, exposed.RULE.id}), frozenset({access_sweeping.RULE.id})


def opening(change_set: ChangeSet, where: str = "") -> tuple[list[str], set[str]]:
    """What is said, and the resources that it names. One thing is told by its finding, several together."""
    rows = {row.logical_id: row for row in change_set.resources}
    inside = {name for name, row in rows.items() if row.nested and not change_set.new_stack}  # told where that is told
    said: list[str] = []
    named: set[str] = set()
    for rules in (OPEN, SWEEPING):
        first: dict[str, Finding] = {}
        for one in change_set.findings:
            if one.rule in rules and one.severity >= Severity.DANGER and one.logical_id not in inside:
                first.setdefault(one.logical_id, one)
        if first:
            said.append(_told(list(first.values()), rows, "" if said else where))
            named |= first.keys() if len(first) <= NAMED else set()
    return said, named


def _told(found: list[Finding], rows: Mapping[str, ResourceChange], where: str) -> str:
    if len(found) == 1:
        sentence = clipped(found[0].sentence.removesuffix("."))
        return f"{sentence[0].lower()}{sentence[1:]}{where}"
    names = [one.logical_id for one in found]
    what = counted(len(names), "resource")
    if len(names) <= NAMED and all(name in rows for name in names):
        what = listed([f"the {word(rows[name].resource_type)} {name}" for name in names])
    if found[0].rule in OPEN:
        return f"opens {what}{where} to the world"
    return f"gives everything, or all of a service, by {what}{where}"
