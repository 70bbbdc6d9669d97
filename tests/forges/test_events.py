"""Events are stored as JSON and come back as they were."""

from datetime import UTC, datetime

import pytest

from seed.forges.events import BranchDeleted, CheckMoved, Event, PullRequest, Push, from_json, kind_of, to_json

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVENTS = [
    Push("main", "a" * 40, "b" * 40, "Say hello"),
    BranchDeleted("feature/x"),
    PullRequest("closed", 7, "x", "a" * 40, "main", merged=True, at=AT),
    PullRequest("opened", 8, "x", "a" * 40, "main", from_fork=True),
    CheckMoved("a" * 40, "failed", "GitHub Actions", "main", "12", 34, AT),
    CheckMoved("a" * 40, "pending", "ci/tests"),
]


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_an_event_comes_back_from_its_row_as_it_was(event: Event) -> None:
    assert from_json(kind_of(event), to_json(event)) == event


def test_a_check_that_an_older_version_stored_is_read() -> None:
    body = {"commit": "a" * 40, "outcome": "failed", "source": "ci", "branch": "main"}
    assert from_json("checks-completed", body) == CheckMoved("a" * 40, "failed", "ci", "main")
