"""Events are stored as JSON and come back as they were."""

from datetime import UTC, datetime

import pytest

from seed.forges.events import BranchDeleted, ChecksCompleted, Event, PullRequest, Push, from_json, kind_of, to_json

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVENTS = [
    Push("main", "a" * 40, "b" * 40, "Say hello"),
    BranchDeleted("feature/x"),
    PullRequest("closed", 7, "x", "a" * 40, "main", merged=True, at=AT),
    PullRequest("opened", 8, "x", "a" * 40, "main", from_fork=True),
    ChecksCompleted("a" * 40, "failed", "GitHub Actions", "main"),
]


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_an_event_comes_back_from_its_row_as_it_was(event: Event) -> None:
    assert from_json(kind_of(event), to_json(event)) == event
