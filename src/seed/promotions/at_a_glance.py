"""What is dangerous about reviews that wait, in a phrase each: read for all of them at once, from what was found."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service
from seed.changesets import Finding, Severity
from seed.changesets.enrich import WITHIN
from seed.changesets.json_shape import findings_from_json
from seed.changesets.words import listed
from seed.counting import counted
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.verdicts import ONCE, still_count, verdicts_in_force

NAMED = 2


def dangers_at_a_glance(session: Session, app_id: int, promotions: Iterable[Promotion]) -> dict[int, str]:
    """By the promotion's id, of those that wait for a review. Two queries, and of long plans only the findings."""
    waiting = [one.id for one in promotions if one.state == "review"]
    if not waiting:
        return {}
    verdicts = verdicts_in_force(session, app_id)
    found: dict[int, list[Finding]] = {}
    stored = (
        sa.select(ServicePlan.promotion_id, Service.name, ServicePlan.changes["findings"])
        .join(Service, Service.id == ServicePlan.service_id)
        .where(ServicePlan.promotion_id.in_(waiting), ServicePlan.state != "unchanged")
        .order_by(ServicePlan.id)
    )
    for promotion_id, service, findings in session.execute(stored):
        left = still_count(service, findings_from_json(findings or []), verdicts)
        found.setdefault(promotion_id, []).extend(left)
    return {promotion_id: phrase for promotion_id, left in found.items() if (phrase := in_a_phrase(left))}


def in_a_phrase(findings: Iterable[Finding]) -> str:
    """`Deletes data: Orders; 2 more dangers`; '' where nothing is dangerous."""
    dangers = [one for one in findings if one.severity == Severity.DANGER]
    losing = [one for one in dangers if one.rule in ONCE]
    others = [one for one in dangers if one.rule not in ONCE]
    told = [f"deletes data: {listed(list(dict.fromkeys(map(_where, losing))), NAMED)}"] if losing else []
    if any(one.fails for one in others):
        told.append("will most probably fail")
    if number := sum(not one.fails for one in others):
        told.append(counted(number, "more danger" if told else "dangerous finding"))
    said = "; ".join(told)
    return said[:1].upper() + said[1:]


def _where(finding: Finding) -> str:
    """`Orders`; of what is in a nested stack where that is, `inside Outer / Inner`."""
    if finding.sentence.startswith(WITHIN):
        return f"inside {finding.sentence.removeprefix(WITHIN).partition(':')[0]}"
    return finding.logical_id
