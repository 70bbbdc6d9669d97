"""Who gets a stage by itself, and which stage has been idle for too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seed.apps.stage_names import MOST, free_stage_name, propose_stage_name
from seed.automatic.decide import Rule, Wanted, is_idle, why_not

ON = Rule(on=True, most=3)
FEATURES = Rule(on=True, only=("feature/*", "fix/*"))
LOGIN = Wanted("the branch feature/login", "feature/login")
STRANGER = Wanted("pull request 7", "main", from_fork=True)
NOW = datetime(2030, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "wanted", "there", "answer"),
    [
        (Rule(on=False), LOGIN, 0, ""),
        (ON, LOGIN, 0, None),
        (ON, LOGIN, 2, None),
        (ON, LOGIN, 3, "The branch feature/login gets no stage: 3 of 3 are there already."),
        (FEATURES, LOGIN, 0, None),
        (FEATURES, Wanted("the branch wip/login", "wip/login"), 0, ""),
        (FEATURES, Wanted("the branch my-feature/x", "my-feature/x"), 0, ""),
        (ON, STRANGER, 0, "Pull request 7 comes from a fork: it gets no stage."),
        (Rule(on=True, forks=True), STRANGER, 0, None),
    ],
)
def test_who_gets_a_stage(rule: Rule, wanted: Wanted, there: int, answer: str | None) -> None:
    assert why_not(rule, wanted, there) == answer


@pytest.mark.parametrize(
    ("days", "ago", "idle"), [(0, 1000, False), (7, 6, False), (7, 7, False), (7, 8, True), (7, None, False)]
)
def test_a_stage_is_idle_after_its_days(days: int, ago: int | None, idle: bool) -> None:
    last = None if ago is None else NOW - timedelta(days=ago)

    assert is_idle(days, last, NOW) is idle


def test_two_branches_never_share_a_name() -> None:
    first = propose_stage_name("a/b")
    second = free_stage_name(propose_stage_name("a-b"), "a-b", {first})

    assert (first, len(second) <= MOST) == ("a-b", True)
    assert second.startswith("a-b-")
    assert free_stage_name("free", "a-b", {first}) == "free"
