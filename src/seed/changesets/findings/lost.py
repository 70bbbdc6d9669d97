"""What becomes of the data of a row that is removed or replaced, in one sentence."""

from __future__ import annotations

from seed.changesets import rules
from seed.changesets.findings.data import EMPTY, LIGHT, empty_first, held_by
from seed.changesets.model import Finding, PropertyChange, ResourceChange, Severity
from seed.changesets.words import word

AND_WITH_IT = ", and with it "
ORPHAN = "It costs what it costs, and keeps its name, until somebody deletes it; a stack can take it in by an import."
HINTS = {
    "AWS::CertificateManager::Certificate": "A new one must be validated before the deployment goes on.",
    "AWS::Cognito::UserPool": "Passwords cannot be exported.",
    "AWS::KMS::Key": "Its deletion waits for PendingWindowInDays, 30 unless set: until then it can be cancelled.",
    "AWS::SecretsManager::Secret": "It can be restored for some days: aws secretsmanager restore-secret.",
}
"""What else can be done, where nothing can be exported."""


def lost(row: ResourceChange, rule: str) -> Finding:
    name = f"The {word(row.resource_type)} {row.logical_id}"
    removed = row.action in ("Remove", "Dynamic")
    certain = row.action == "Remove" or (not removed and row.replacement == "True")
    saved = row.policy_action.removeprefix("ReplaceAnd")
    probable = not certain and not removed and _always_replaces(row)
    happens = "removed" if removed else "replaced"
    verb = f"is {happens}" if certain else f"is most probably {happens}" if probable else f"may be {happens}"
    policy = "DeletionPolicy" if removed else "UpdateReplacePolicy"
    evidence = _evidence(row)
    if saved == "Retain" and removed:
        verbs = "leaves the stack and stays" if certain else "may leave the stack, and would stay"
        sentence = f"{name} {verbs} in the account ({policy}: Retain)."
        return Finding(rule, Severity.NOTICE, sentence, row.logical_id, evidence, hint=ORPHAN)
    if saved == "Retain":
        new = " The new one starts empty." if certain else " A new one would start empty."
        stays = "stays" if certain else "would stay"
        return Finding(
            rule,
            Severity.WARNING,
            f"{name} {verb}; the old one {stays} in the account, outside the stack ({policy}: Retain).{new}",
            row.logical_id,
            evidence,
            hint="Nothing moves the data: copy it from the old one to the new one, before anything writes there.",
        )
    if saved == "Snapshot":
        return Finding(
            rule,
            Severity.WARNING,
            f"{name} {verb}; a snapshot of it {'is' if certain else 'would be'} kept ({policy}: Snapshot).",
            row.logical_id,
            evidence,
            hint="Know how you would restore the snapshot.",
        )
    light = row.resource_type in LIGHT or not (certain or probable)
    severity = Severity.WARNING if light else Severity.DANGER
    note = " It held nothing when that was last counted." if row.held == EMPTY else ""
    keep = f"To keep the old one, deploy {policy}: Retain first"
    hint = f"{keep}. {HINTS[row.resource_type]}" if row.resource_type in HINTS else f"{keep}, or export the data."
    sentence = f"{name} {verb}: {_effect(row, certain=certain)}.{note}"
    return Finding(rule, severity, sentence, row.logical_id, evidence, hint=hint)


def _always_replaces(row: ResourceChange) -> bool:
    """By the rules a value that certainly changes cannot do so in place. CloudFormation answers *Conditional* for it
    too, where a type's own handler decides: a table with another key is never kept.
    """
    changed = [one for one in row.properties if one.evaluation == "Static" and not one.routine]
    paths = [tuple(one.path.split("/")[2:]) for one in changed if one.attribute == "Properties"]
    return any(rules.recreation(row.resource_type, path) == "Always" for path in paths)


def _effect(row: ResourceChange, *, certain: bool) -> str:
    """`its items are lost`; what is not certain would be."""
    what = held_by(row)
    # what is not empty is not deleted: another rule says so; in what is empty there is nothing to lose yet
    if not certain or empty_first(row) or row.held == EMPTY:
        return f"{what}{',' if AND_WITH_IT in what else ''} would be lost"
    if what.startswith("its ") and what[4:5].isdigit():  # counted
        return f"{what} {'is' if what.startswith('its 1 ') else 'are'} lost"
    return is_lost(what)


def is_lost(what: str) -> str:
    """`its items are lost`, `the secret in it is lost`, `what is on its own disks is lost`."""
    if AND_WITH_IT in what:
        return f"{what}, is lost"
    plural = what.endswith("s") and not what.endswith("ss") and not what.startswith("what ")
    several = ("the messages", "the records", "the recordings")
    return f"{what} {'are' if plural or what.startswith(several) else 'is'} lost"


def _evidence(row: ResourceChange) -> str:
    if row.action == "Dynamic":
        return "its condition asks something else, and nobody can answer it yet"
    causes = [change for change in row.properties if change.recreation != "Never"]
    return "; ".join(dict.fromkeys(map(_cause, causes)))


def _cause(change: PropertyChange) -> str:
    name = change.path.removeprefix("/Properties/").split("/")[0]
    if change.causing_entity:
        return f"{name} changes because of {change.causing_entity}"
    return f"{name} cannot {'change' if change.recreation == 'Always' else 'always change'} in place"
