"""Where CloudFormation says something else than our comparison, that is logged and counted; without values."""

from __future__ import annotations

from structlog.testing import capture_logs
from tests.changesets.templates import stack

from seed.changesets import compare, merge
from seed.work.stacks.disagreements import Count, tell_disagreements


def test_a_disagreement_is_logged_and_counted_without_values() -> None:
    ours = compare(*(stack(Q=("AWS::SQS::Queue", {"QueueName": f"a-name-{n}"})) for n in (1, 2)))
    resource = {"LogicalResourceId": "Q", "ResourceType": "AWS::SQS::Queue", "Action": "Modify", "Replacement": "False"}
    merged = merge(ours, [{"ResourceChange": resource}], [], prefer="aws")
    count = Count()

    with capture_logs() as logs:
        tell_disagreements(merged, count)
        tell_disagreements(ours, count)

    assert count.number == 1
    assert [(one["type"], one["action"], one["paths"]) for one in logs] == [
        ("AWS::SQS::Queue", "Modify", ["/Properties/QueueName"])
    ]
    assert logs[0]["said"] == "CloudFormation: Modify, replacement False; templates: Modify, replacement True"
    assert "a-name" not in str(logs)
