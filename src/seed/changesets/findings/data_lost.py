"""Something that holds data is removed or replaced."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.data import EMPTY, EMPTY_FIRST, HOLDS, LIGHT
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.review import Review
from seed.changesets.words import word


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        what = HOLDS.get(row.resource_type) or ("what it holds" if rules.stateful(row.resource_type) else "")
        what = f"its {row.held}" if what and row.held and row.held != EMPTY else what
        gone = row.action == "Remove" or (row.action == "Modify" and row.replacement != "False" and not row.routine)
        if what and gone and row.resource_type != "AWS::CloudFormation::Stack":
            yield _finding(row, what)


def _finding(row: ResourceChange, what: str) -> Finding:
    name = f"The {word(row.resource_type)} {row.logical_id}"
    removed = row.action == "Remove"
    certain = removed or row.replacement == "True"
    saved = row.policy_action.removeprefix("ReplaceAnd") if certain else ""
    verb = "is removed" if removed else "is replaced" if certain else "may be replaced"
    policy = "DeletionPolicy" if removed else "UpdateReplacePolicy"
    rule = "data-removed" if removed else "data-replaced"
    evidence = _evidence(row)
    if saved == "Retain":
        left = "stays in the account, outside the stack"
        new = "" if removed else " The new one starts empty."
        return Finding(
            rule,
            Severity.WARNING if not removed else Severity.NOTICE,
            f"{name} {verb}; the old one {left} ({policy}: Retain).{new}",
            row.logical_id,
            evidence,
        )
    if saved == "Snapshot":
        return Finding(
            rule,
            Severity.WARNING,
            f"{name} {verb}; a snapshot of it is kept ({policy}: Snapshot).",
            row.logical_id,
            evidence,
            hint="Know how you would restore the snapshot.",
        )
    light = row.resource_type in LIGHT
    severity = Severity.WARNING if light or not certain else Severity.DANGER
    lost = f"{what} would be lost" if not certain else _lost(what)
    note = ""
    if row.resource_type in EMPTY_FIRST and certain:
        note = (
            " CloudFormation deletes it only when it is empty: otherwise the cleanup fails."
            if not removed
            else (" CloudFormation deletes it only when it is empty: otherwise the deletion fails and it stays.")
        )
    note += " It held nothing when that was last counted." if row.held == EMPTY else ""
    hint = f"To keep the old one, deploy {policy}: Retain first, or export the data."
    return Finding(rule, severity, f"{name} {verb}: {lost}.{note}", row.logical_id, evidence, hint=hint)


def _lost(what: str) -> str:
    if what.startswith("its ") and what[4:5].isdigit():  # counted
        return f"{what} {'is' if what.startswith('its 1 ') else 'are'} lost"
    plural = what.endswith("s") and not what.endswith("ss")
    return f"{what} {'are' if plural or what.startswith(('the messages', 'the records')) else 'is'} lost"


def _evidence(row: ResourceChange) -> str:
    causes = [change for change in row.properties if change.recreation != "Never"]
    return "; ".join(dict.fromkeys(_cause(change.path, change.causing_entity) for change in causes))


def _cause(path: str, entity: str) -> str:
    name = path.removeprefix("/Properties/").split("/")[0]
    return f"{name} changes because of {entity}" if entity else f"{name} cannot change in place"


RULE = Rule(
    "data-removed, data-replaced",
    "Data is removed or replaced",
    "danger",
    "Deleting or replacing a resource deletes what is stored in it, unless the DeletionPolicy or UpdateReplacePolicy "
    "of the template that is deployed now keeps the old one.",
    "CloudFormation user guide: DeletionPolicy attribute, UpdateReplacePolicy attribute, Update behaviors of stack "
    "resources",
    find,
)
