"""Put findings and rows together: worst first, failures before the rest, each row as bad as what was found of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from seed.changesets.cap import capped
from seed.changesets.groups import rank
from seed.changesets.model import ChangeSet, Finding, ResourceChange, Severity
from seed.changesets.values import hidden, scrubbed


def judged(change_set: ChangeSet, findings: Iterable[Finding], secrets: Collection[str] = ()) -> ChangeSet:
    secrets = hidden(secrets)
    shown = dict.fromkeys(_scrubbed(finding, secrets) for finding in findings)
    told = sorted(shown, key=lambda finding: (-finding.severity, not finding.fails))
    worst: dict[str, Severity] = {}
    for finding in told:
        worst.setdefault(finding.logical_id, finding.severity)
    rows = [
        capped(replace(row, severity=max(_own(row), worst.get(row.logical_id, Severity.ROUTINE))))
        for row in change_set.resources
    ]
    rows.sort(key=rank)
    return replace(change_set, resources=tuple(rows), findings=tuple(told))


def _scrubbed(finding: Finding, secrets: Collection[str]) -> Finding:
    """Rules read the templates as they are; what they quote must not be a secret."""
    sentence, evidence, hint = (scrubbed(text, secrets) for text in (finding.sentence, finding.evidence, finding.hint))
    return replace(finding, sentence=sentence, evidence=evidence, hint=hint)


def _own(row: ResourceChange) -> Severity:
    return Severity.ROUTINE if row.routine else Severity.NOTICE
