"""What people said of findings: which words are meant, and what is left to be read.

A verdict names a finding by everything that it says. The same rule on the same resource with another sentence or
other evidence is another finding, so that what was accepted once cannot hide what came later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.changesets import ChangeSet, Finding, ResourceChange, Severity, from_json
from seed.changesets.enrich import DEEPER, TEMPLATE, WITHIN
from seed.changesets.routine import CODE, FUNCTION
from seed.db.base import now
from seed.errors import NotFound
from seed.people.actor import Actor
from seed.promotions.find import promotion_of
from seed.promotions.records import Promotion, Verdict

ACCEPTED, WRONG = "accepted", "wrong"
ONCE = frozenset({"data-removed", "data-replaced"})
"""Data is lost once: accepting that keeps it out of the way, and the stage's name is still asked for."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding of a promotion, and what a person said of it."""

    key: str
    service: str
    finding: Finding
    verdict: Verdict | None

    @property
    def accepted(self) -> bool:
        return self.verdict is not None and self.verdict.kind == ACCEPTED

    @property
    def counts(self) -> bool:
        """For who decides now: what was accepted counts no more, losing data always does."""
        return not self.accepted or self.finding.rule in ONCE


def key_of(service: str, finding: Finding) -> str:
    """Sixteen hex digits over all that the finding says."""
    said = _as_once_told(finding.sentence)
    words = (service, finding.rule, finding.severity.name, finding.logical_id, said, finding.evidence)
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


def _as_once_told(sentence: str) -> str:
    """Of several nested stacks, one after the other: what was accepted when it was told so stays accepted."""
    path, colon, said = sentence.partition(": ")
    if not (sentence.startswith(WITHIN) and DEEPER in path):
        return sentence
    return "".join(f"{WITHIN}{name}{colon}" for name in path.removeprefix(WITHIN).split(DEEPER)) + said


def verdicts_in_force(session: Session, app_id: int, at: datetime | None = None) -> dict[str, Verdict]:
    """By key; the last word counts."""
    rows = session.scalars(
        sa.select(Verdict)
        .where(
            Verdict.app_id == app_id,
            Verdict.withdrawn_at.is_(None),
            sa.or_(Verdict.until.is_(None), Verdict.until > (at or now())),
        )
        .order_by(Verdict.id)
    )
    return {row.key: row for row in rows}


def said_of(service: str, change_set: ChangeSet, verdicts: Mapping[str, Verdict]) -> list[Said]:
    return [_said(service, finding, verdicts) for finding in change_set.findings]


def still_count(service: str, findings: Iterable[Finding], verdicts: Mapping[str, Verdict]) -> list[Finding]:
    return [finding for finding in findings if _said(service, finding, verdicts).counts]


def _said(service: str, finding: Finding, verdicts: Mapping[str, Verdict]) -> Said:
    key = key_of(service, finding)
    return Said(key, service, finding, verdicts.get(key))


def left_to_read(change_set: ChangeSet, said: list[Said]) -> Severity:
    """How dangerous it is for who decides now."""
    quiet = [one.finding for one in said if not one.counts]
    open_ones = [one.finding for one in said if one.finding not in quiet]
    spoken = {finding.logical_id for finding in quiet} - {finding.logical_id for finding in open_ones}
    rows = [
        min(row.severity, Severity.NOTICE) if row.logical_id in spoken else row.severity for row in change_set.resources
    ]
    return max([finding.severity for finding in open_ones] + rows, default=Severity.ROUTINE)


def said_of_promotion(promotion: Promotion, verdicts: Mapping[str, Verdict]) -> list[Said]:
    """Of all its services, worst first."""
    found = [
        one
        for plan in promotion.plans
        if plan.changes
        for one in said_of(plan.service.name, from_json(plan.changes), verdicts)
    ]
    return sorted(found, key=lambda one: -one.finding.severity)


def finding_of(session: Session, actor: Actor, promotion_id: int, key: str) -> tuple[Promotion, Said]:
    """A finding through the promotion that shows it, and that through the person who asks."""
    promotion = promotion_of(session, actor, promotion_id)
    for one in said_of_promotion(promotion, {}):
        if one.key == key:
            return promotion, one
    raise NotFound("This promotion has no such finding.", hint=f"seed finding list {promotion_id} shows them.")


def verdicts_of(session: Session, app_id: int) -> list[Verdict]:
    """All that was ever said, newest first."""
    return list(session.scalars(sa.select(Verdict).where(Verdict.app_id == app_id).order_by(Verdict.id.desc())))


def needs_reading(change_set: ChangeSet, said: list[Said]) -> bool:
    """Whether a person should look first: something was found, or more changes than code and what is routine."""
    found = any(one.finding.severity > Severity.ROUTINE and not one.accepted for one in said)
    return found or _more_than_code(change_set)


def _more_than_code(change_set: ChangeSet) -> bool:
    told = any(not row.routine for row in change_set.outputs)
    return told or any(not row.routine and not _code_only(row) for row in change_set.resources)


def _code_only(row: ResourceChange) -> bool:
    """Of a nested stack: its template lies elsewhere for nothing but the code that is inside."""
    if row.nested and row.action == "Modify" and row.replacement == "False":
        moved = all(change.routine or change.path == TEMPLATE for change in row.properties)
        return moved and not row.more and not _more_than_code(row.nested)
    if row.resource_type != FUNCTION or row.action != "Modify" or row.replacement != "False":
        return False
    return not row.more and all(change.routine or change.path.startswith(CODE) for change in row.properties)
