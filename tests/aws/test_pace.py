"""Followers of one account share one budget of calls: few look often, many less often, and AWS's word slows all."""

from __future__ import annotations

import heapq
from contextlib import ExitStack
from itertools import pairwise

import pytest
from tests.support.clock import Hands

from seed.aws.pace import CALLS_A_LOOK, FAR, NEAR, Pace, Paces


def looks(pace: Pace, hands: Hands, followers: int, seconds: float, *, quiet: int = 0) -> list[float]:
    """When somebody looked, as so many threads would by this pace."""
    found: list[float] = []
    until = hands.at + seconds
    with ExitStack() as open_:
        for _ in range(followers):
            open_.enter_context(pace.following())
        waiting = [(hands.at, n) for n in range(followers)]
        while waiting and waiting[0][0] < until:
            hands.at, who = heapq.heappop(waiting)
            at = hands.at + pace.take(CALLS_A_LOOK)
            found.append(at)
            heapq.heappush(waiting, (at + pace.pause(quiet), who))
    return sorted(at for at in found if at < until)


def most_in_a_second(times: list[float]) -> int:
    return max(sum(1 for other in times if at <= other < at + 1) for at in times) * CALLS_A_LOOK


@pytest.mark.parametrize("followers", [30, 200])
def test_many_stacks_together_stay_within_the_budget(followers: int) -> None:
    hands = Hands()
    times = looks(Pace(FAR, hands.clock), hands, followers, 120)

    calls = len(times) * CALLS_A_LOOK
    assert calls <= FAR.calls * 120 + FAR.burst + CALLS_A_LOOK
    assert calls >= FAR.calls * 110, "the budget is used"
    assert most_in_a_second(times) <= FAR.calls + FAR.burst + CALLS_A_LOOK


def test_few_stacks_are_looked_at_every_second_and_thirty_each_within_eight() -> None:
    hands = Hands()
    alone = looks(Pace(FAR, hands.clock), hands, 1, 60)
    assert all(later - earlier == pytest.approx(FAR.fastest) for earlier, later in pairwise(alone))

    hands = Hands()
    pace = Pace(FAR, hands.clock)
    with ExitStack() as open_:
        for _ in range(30):
            open_.enter_context(pace.following())
        assert pace.pause(0) == pytest.approx(30 * CALLS_A_LOOK / FAR.calls)
    assert pace.pause(0) == FAR.fastest, "those that have ended are not counted"


def test_a_stack_in_which_nothing_happens_is_looked_at_less_and_never_less_than_this() -> None:
    pace = Pace(FAR, Hands().clock)

    pauses = [pace.pause(quiet) for quiet in range(100)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FAR.fastest, FAR.slowest)


def test_when_aws_asks_one_to_slow_down_all_do_and_within_a_minute_it_is_as_before() -> None:
    hands = Hands()
    pace = Pace(FAR, hands.clock)
    before = len(looks(pace, hands, 30, 30))

    for _ in range(30):
        pace.slowed()
    slow = len(looks(pace, hands, 30, 5))
    hands.sleep(60)
    after = len(looks(pace, hands, 30, 30))

    assert slow < before / 6 * 0.8, "thirty complaints at once halve it once"
    assert slow > before / 6 * 0.3
    assert after >= before * 0.95


def test_however_often_aws_complains_somebody_still_looks() -> None:
    hands = Hands()
    pace = Pace(FAR, hands.clock)
    for _ in range(100):
        hands.sleep(1)
        pace.slowed()

    assert looks(pace, hands, 30, 60)


def test_an_aws_on_this_machine_is_asked_as_fast_as_it_answers() -> None:
    hands = Hands()
    pace = Pace(NEAR, hands.clock)
    pace.slowed()

    assert pace.take(10_000) == 0
    assert (pace.pause(0), pace.pause(1000)) == (NEAR.fastest, NEAR.slowest)


def test_a_pace_is_shared_by_account_and_region() -> None:
    paces = Paces()

    assert paces.of("1", "eu-west-1") is paces.of("1", "eu-west-1")
    assert paces.of("1", "eu-west-1") is not paces.of("1", "us-east-1")
    assert paces.of("1", "eu-west-1") is not paces.of("2", "eu-west-1")
