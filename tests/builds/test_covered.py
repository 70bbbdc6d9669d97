"""What nobody has confirmed is never covered: the real change set against the preview of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seed.changesets import ChangeSet, Finding, PropertyChange, ResourceChange, Severity
from seed.promotions.covered import fits, not_covered

IMPORT = {"Fn::ImportValue": "users-arn"}
TABLE = ResourceChange(
    "Table", "AWS::DynamoDB::Table", "Modify", properties=(PropertyChange("/Properties/A", after=1),)
)
FUNCTION = ResourceChange(
    "Function", "AWS::Lambda::Function", "Modify",
    properties=(PropertyChange("/Properties/Environment/Variables/ARN", before="x", after=IMPORT),),
)  # fmt: skip
QUEUE = ResourceChange(
    "Queue", "AWS::SQS::Queue", "Add", after={"Type": "AWS::SQS::Queue", "Properties": {"Arn": IMPORT}}
)
PREVIEW = ChangeSet(
    "orders-prod", new_stack=False, resources=(TABLE, FUNCTION, QUEUE),
    findings=(Finding("preview", Severity.NOTICE, "A preview."), Finding("x", Severity.NOTICE, "Known.", "Table")),
    outputs=(PropertyChange("/Outputs/Url", after=IMPORT),),
)  # fmt: skip


def real(**changes: Any) -> ChangeSet:
    return replace(PREVIEW, findings=PREVIEW.findings[1:], **changes)


def table(**changes: Any) -> tuple[ResourceChange, ...]:
    return (replace(TABLE, **changes), FUNCTION, QUEUE)


def test_a_reference_may_have_become_any_value() -> None:
    resolved = replace(FUNCTION, properties=(replace(FUNCTION.properties[0], after="arn:aws:dynamodb:…"),))
    made = replace(QUEUE, after={"Type": "AWS::SQS::Queue", "Properties": {"Arn": "arn:aws:x"}})
    assert (
        not_covered(
            PREVIEW, real(resources=(TABLE, resolved, made), outputs=(PropertyChange("/Outputs/Url", after="u"),))
        )
        == []
    )


def test_less_than_was_confirmed_is_covered() -> None:
    assert not_covered(PREVIEW, real(resources=(), outputs=())) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (real(resources=(*PREVIEW.resources, replace(QUEUE, logical_id="Other"))), "Add Other (AWS::SQS::Queue)"),
        (real(resources=table(action="Remove")), "Remove Table instead of Modify"),
        (real(resources=table(replacement="True")), "Table would be replaced"),
        (real(resources=table(replacement="Conditional")), "Table would be replaced"),
        (real(resources=table(policy_action="ReplaceAndDelete")), "Table would be deleted (ReplaceAndDelete)"),
        (real(resources=table(properties=(PropertyChange("/Properties/B", after=1),))), "/Properties/B of Table"),
        (real(resources=table(properties=(PropertyChange("/Properties/A", after=2),))),
         "another value of /Properties/A of Table"),
        (real(resources=table(properties=(PropertyChange("/Properties/A", after=1, recreation="Always"),))),
         "/Properties/A of Table would recreate it"),
        (real(resources=table(properties=(PropertyChange("/Properties/A", has_after=False),))),
         "another value of /Properties/A of Table"),
        (real(resources=(TABLE, FUNCTION, replace(QUEUE, after={"Type": "AWS::SQS::Queue"}))),
         "Queue would be made otherwise"),
        (replace(PREVIEW, findings=(Finding("new", Severity.WARNING, "New.", "Table"),)), "New."),
        (replace(PREVIEW, findings=(Finding("x", Severity.DANGER, "Worse.", "Table"),)), "Worse."),
        (real(outputs=(PropertyChange("/Outputs/Other", after=1),)), "the output Other"),
        (real(parameters=(PropertyChange("/Parameters/P", after="1"),)), "the parameter P"),
        (real(tags=(PropertyChange("/Tags/T", after="1"),)), "the tag T"),
    ],
)  # fmt: skip
def test_everything_beyond_is_named(found: ChangeSet, said: str) -> None:
    assert not_covered(PREVIEW, found) == [said]


def test_a_withheld_value_is_covered_by_a_withheld_one_only() -> None:
    secret, plain = PropertyChange("/Properties/A", secret=True), PropertyChange("/Properties/A", after=1)
    hidden = replace(PREVIEW, resources=table(properties=(secret,)))
    assert not_covered(hidden, real(resources=table(properties=(secret,)))) == []
    assert not_covered(hidden, real(resources=table(properties=(plain,))))
    assert not_covered(PREVIEW, real(resources=table(properties=(secret,))))


@pytest.mark.parametrize(
    ("seen", "found", "same"),
    [
        ([IMPORT, 1], ["x", 1], True),
        ([IMPORT], ["x", "y"], False),
        ({"a": IMPORT}, {"a": {"b": 1}}, True),
        ({"a": IMPORT}, {"a": 1, "b": 2}, False),
        ("1", 1, False),
    ],
)
def test_what_fits(seen: Any, found: Any, same: bool) -> None:
    assert fits(seen, found) is same
