"""What a review of several services says in text: a line for each, the worst first."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.seeded import Seeded

from seed.apps.records import Service, Stage
from seed.changesets import compare, to_json
from seed.promotions.records import Promotion, ServicePlan
from seed.work.promoting.review import headline_of, read_out

TABLE: dict[str, Any] = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {}}


def plan(name: str, before: dict[str, Any], after: dict[str, Any], state: str = "ready") -> ServicePlan:
    changes = to_json(compare({"Resources": before}, {"Resources": after}))
    return ServicePlan(service=Service(name=name, path=name), state=state, changes=changes)


@pytest.fixture
def promotion() -> Promotion:
    harmless, worst = plan("api", {"Q": QUEUE}, {"Q": QUEUE, "New": QUEUE}), plan("users", {"T": TABLE}, {"Q": QUEUE})
    same = plan("web", {"Q": QUEUE}, {"Q": QUEUE}, "unchanged")
    return Promotion(app_id=1, target_stage=Stage(name="prod"), plans=[harmless, worst, same])


def test_the_worst_service_is_told_first_and_what_stays_not_at_all(promotion: Promotion) -> None:
    lines = headline_of(promotion).splitlines()

    assert [line.partition(":")[0] for line in lines] == ["users", "api"]
    assert "table" in lines[0]


def test_the_text_begins_with_the_worst_service(promotion: Promotion, template: Seeded) -> None:
    text = read_out(template.world, promotion, lambda changes, _: f"{len(changes.resources)} resources")

    assert text.index("users") < text.index("api")
