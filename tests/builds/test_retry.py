"""What is tried again by itself: two errors of API Gateway, a throttled removal, and never a stack that once worked."""

from __future__ import annotations

import pytest

from seed.builds.retry import Again, deploy_again, ever_well, remove_again

OTHER = "Another Deployment is in progress for rest api with id a1b2c3 (Service: AmazonApiGateway; Status Code: 409;)"
NO_INTEGRATION = (
    "No integration defined for method (Service: AmazonApiGateway; Status Code: 400; Error Code: BadRequest)"
)
AT_ONCE = (
    "Unable to complete operation due to concurrent modification. Please try again later. "
    "(Service: AmazonApiGateway; Status Code: 409; Error Code: ConflictException)"
)
HANDLER = 'Resource handler returned message: "Another Deployment is in progress for rest api with id x (Service: ApiGateway, Status Code: 409)"'


@pytest.mark.parametrize(
    ("status", "reason", "retries", "once", "again"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", OTHER, 0, True, Again(10)),
        ("UPDATE_ROLLBACK_COMPLETE", OTHER, 1, True, Again(20)),
        ("UPDATE_ROLLBACK_COMPLETE", OTHER, 2, True, Again(30)),
        ("UPDATE_ROLLBACK_COMPLETE", OTHER, 3, True, None),
        ("UPDATE_ROLLBACK_COMPLETE", NO_INTEGRATION, 0, True, Again(10)),
        ("UPDATE_ROLLBACK_COMPLETE", AT_ONCE, 0, True, Again(10)),
        ("UPDATE_ROLLBACK_COMPLETE", HANDLER, 0, True, Again(10)),
        ("UPDATE_ROLLBACK_COMPLETE", OTHER.upper(), 0, True, Again(10)),
        ("ROLLBACK_COMPLETE", OTHER, 0, False, Again(10, remove=True)),
        ("ROLLBACK_COMPLETE", NO_INTEGRATION, 2, False, Again(30, remove=True)),
        ("ROLLBACK_COMPLETE", OTHER, 0, True, None),
        ("UPDATE_ROLLBACK_FAILED", OTHER, 0, True, None),
        ("ROLLBACK_FAILED", OTHER, 0, False, None),
        ("CREATE_FAILED", OTHER, 0, False, None),
        ("UPDATE_ROLLBACK_COMPLETE", "Table orders-dev already exists", 0, True, None),
        ("UPDATE_ROLLBACK_COMPLETE", "Rate exceeded (Service: Lambda, Status Code: 400)", 0, True, None),
        ("UPDATE_ROLLBACK_COMPLETE", "Unable to complete operation due to concurrent modification", 0, True, None),
        ("ROLLBACK_COMPLETE", "Table orders-dev already exists", 0, False, None),
        ("UPDATE_ROLLBACK_COMPLETE", "", 0, True, None),
    ],
)
def test_a_deployment_is_tried_again(status: str, reason: str, retries: int, once: bool, again: Again | None) -> None:
    assert deploy_again(status, reason, retries, once_succeeded=once) == again


@pytest.mark.parametrize(
    ("reason", "retries", "again"),
    [
        ("Rate exceeded", 0, Again(10)),
        ("Rate exceeded (Service: ApiGateway, Status Code: 429)", 1, Again(20)),
        ("Throttling: slow down", 2, Again(30)),
        ("Rate exceeded", 3, None),
        ("The bucket you tried to delete is not empty", 0, None),
        (OTHER, 0, None),
    ],
)
def test_a_removal_is_tried_again_only_where_aws_asks_to_slow_down(
    reason: str, retries: int, again: Again | None
) -> None:
    assert remove_again(reason, retries) == again


def test_a_stack_that_was_ever_well_is_known_by_its_events() -> None:
    assert ever_well(["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
    assert not ever_well(["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"])
