"""Of a rule that finds very much the first few stand on the page, and the others beneath them; dangers all stand there."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.changesets import ChangeSet, Finding, ResourceChange, Severity, to_json
from seed.promotions.records import Promotion, ServicePlan


def review(own: Seeded, severity: Severity, number: int) -> int:
    names = [f"Log{n}" for n in range(number)]
    changes = ChangeSet(
        "orders-prod",
        new_stack=False,
        resources=tuple(ResourceChange(name, "AWS::Logs::LogGroup", "Modify", severity=severity) for name in names),
        findings=tuple(Finding("retention-shortened", severity, f"It is shortened: {name}.", name) for name in names),
    )

    def put(session: Session) -> int:
        waiting = sa.select(ServicePlan).join(Promotion).where(Promotion.state == "review")
        plan = next(one for one in session.scalars(waiting) if len(one.promotion.plans) == 1)
        plan.changes = to_json(changes, contexts=True)
        return plan.promotion_id

    made: int = own.write(put)
    return made


@pytest.mark.parametrize(
    ("severity", "number", "folded"),
    [(Severity.WARNING, 40, 37), (Severity.NOTICE, 9, 6), (Severity.WARNING, 8, 0), (Severity.DANGER, 40, 0)],
)
def test_what_is_alike_is_folded_unless_it_is_dangerous(
    own: Seeded, own_alice: TestClient, severity: Severity, number: int, folded: int
) -> None:
    page = own_alice.get(f"/promotions/{review(own, severity, number)}").text

    assert len(re.findall('<li class="finding ', page)) == number
    assert re.findall(r"(\d+) more (?:warning|notice)s</span>", page) == ([str(folded)] if folded else [])
    assert ("A retention is shortened" in page) == bool(folded)
