"""Of each review that waits, what is dangerous about it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.support.seeded import Seeded

from seed.changesets import Finding, Severity
from seed.changesets.enrich import told_inside
from seed.people.actor import Actor
from seed.promotions import judge
from seed.promotions.at_a_glance import dangers_at_a_glance, in_a_phrase
from seed.promotions.records import Promotion
from seed.promotions.verdicts import ONCE, said_of_promotion

LOST = Finding("data-replaced", Severity.DANGER, "The table Orders is replaced: its items are lost.", "Orders")
DEEP = Finding("data-removed", Severity.DANGER, told_inside("A", told_inside("B", LOST.sentence)), "A")
OPENED = Finding("access-public", Severity.DANGER, "Everybody may call it.", "Call")
FAILS = Finding("name-taken", Severity.DANGER, "The deployment will fail: the name is taken.", "Mail", fails=True)
KEPT = Finding("data-removed", Severity.WARNING, "A snapshot of it is kept.", "Base")


@pytest.mark.parametrize(
    ("findings", "phrase"),
    [
        ((), ""),
        ((KEPT,), ""),
        ((LOST, LOST, KEPT), "Deletes data: Orders"),
        ((LOST, DEEP), "Deletes data: Orders and inside A / B"),
        ((LOST, DEEP, Finding("data-removed", Severity.DANGER, "So.", "C")), "Deletes data: Orders and 2 more"),
        ((OPENED, LOST), "Deletes data: Orders; 1 more danger"),
        ((OPENED, FAILS, OPENED), "Will most probably fail; 2 more dangers"),
        ((OPENED, OPENED), "2 dangerous findings"),
    ],
)
def test_data_that_is_lost_is_named_the_rest_is_counted(findings: tuple[Finding, ...], phrase: str) -> None:
    assert in_a_phrase(findings) == phrase


def test_what_was_accepted_is_left_out_but_never_that_data_is_lost(shop: Seeded) -> None:
    with shop.world.database.write() as session:
        waiting = session.scalars(sa.select(Promotion).where(Promotion.state == "review")).all()
        dangers = dangers_at_a_glance(session, waiting[0].app_id, waiting)
        losing = next(one for one in waiting if "Deletes data: OrdersTable" in dangers.get(one.id, ""))
        told = [one for one in said_of_promotion(losing, {}) if one.finding.severity == Severity.DANGER]
        lost = [one for one in told if one.finding.rule in ONCE]
        assert 0 < len(lost) < len(told)

        for one in told:
            judge.accept(session, Actor(1, "Alice", "deploy"), losing, one, "Known.", 7)

        assert dangers_at_a_glance(session, losing.app_id, waiting)[losing.id] == in_a_phrase(
            [one.finding for one in lost]
        )
