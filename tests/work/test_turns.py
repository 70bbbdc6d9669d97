"""Stages work side by side up to the limits, and no app waits behind another's crowd."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.errors import Stopping
from seed.work.jobs.turns import Most, Turns, Waiting, next_turn

A, B, C, D, E = 1, 2, 3, 4, 5
MOST = Most(on_server=4, of_app=3, own={C: 0, D: 1, E: 9})


def waiting(*apps: int) -> list[Waiting]:
    return [Waiting(number, app) for number, app in enumerate(apps, 1)]


@pytest.mark.parametrize(
    ("queue", "at_work", "last", "chosen"),
    [
        (waiting(), {}, {}, None),
        (waiting(A), {}, {}, 1),
        (waiting(A, A), {}, {}, 1),
        (waiting(A, A, B), {A: 2}, {}, 3),
        (waiting(A, B), {A: 1, B: 1}, {A: 1, B: 2}, 1),
        (waiting(A, B), {A: 1, B: 1}, {A: 2, B: 1}, 2),
        (waiting(A, A), {A: 3}, {}, None),
        (waiting(C), {A: 3, B: 1}, {}, None),
        ([*waiting(B), Waiting(9, A, confirmed=True)], {A: 2}, {}, 9),
        ([*waiting(B), Waiting(9, A, confirmed=True)], {A: 3}, {}, 1),
        (waiting(D, A), {D: 1, A: 2}, {}, 2),
        (waiting(E), {E: 3}, {}, None),
    ],
    ids=[
        "nobody", "the only one", "in order of arrival", "the app with fewer at work", "the one served longest ago",
        "the other one", "the app's limit", "the server's limit", "what was confirmed first", "but not over its limit",
        "the app's own limit", "which is at most the server's",
    ],
)  # fmt: skip
def test_whose_turn_it_is(
    queue: list[Waiting], at_work: dict[int, int], last: dict[int, int], chosen: int | None
) -> None:
    one = next_turn(queue, at_work, last, MOST)

    assert (one.number if one else None) == chosen


@given(st.lists(st.sampled_from([A, A, A, B, C]), max_size=40), st.integers(1, 5), st.integers(1, 5), st.integers(0, 5))
def test_limits_hold_nobody_starves_and_each_apps_order_is_kept(
    apps: list[int], server: int, app: int, own: int
) -> None:
    most, queue = Most(server, app, {A: own}), waiting(*apps)
    at_work: Counter[int] = Counter()
    last: dict[int, int] = {}
    begun: list[Waiting] = []
    running: list[Waiting] = []
    while queue or running:
        while (one := next_turn(queue, at_work, last, most)) is not None:
            queue.remove(one)
            running.append(one)
            begun.append(one)
            at_work[one.app] += 1
            last[one.app] = len(begun)
            assert len(running) <= server
            assert at_work[one.app] <= app
            assert at_work[A] <= (own or app)
        assert running, "somebody works while somebody waits"
        at_work[running.pop(0).app] -= 1

    assert len(begun) == len(apps)
    for name in (A, B, C):
        numbers = [one.number for one in begun if one.app == name]
        assert numbers == sorted(numbers)


@given(st.integers(1, 30))
def test_an_app_that_comes_later_is_served_next(crowd: int) -> None:
    most = Most(on_server=2, of_app=2)
    queue = waiting(*[A] * crowd, B)

    one = next_turn(queue, {A: 1}, {A: 7}, most)

    assert one is not None
    assert one.app == B


def test_a_job_waits_until_another_has_ended_and_says_why() -> None:
    turns, said, order = Turns(Most(1, 1), threading.Event()), threading.Event(), list[str]()

    def second() -> None:
        with turns.taken(B, confirmed=False, say=lambda why: (order.append(why), said.set())[1]):
            order.append("second")

    thread = threading.Thread(target=second)
    with turns.taken(A, confirmed=False, say=order.append):
        thread.start()
        assert said.wait(10)
        order.append("first has ended")
    thread.join(10)

    assert order == [
        "Waits for its turn: 1 stages are at work, the most at a time.", "first has ended", "second",
    ]  # fmt: skip


def test_a_limit_that_is_raised_lets_those_in_who_wait_already() -> None:
    turns, said, in_turn = Turns(Most(8, 4, {A: 1}), threading.Event()), threading.Event(), threading.Event()

    def second() -> None:
        with turns.taken(A, confirmed=False, say=lambda _why: said.set()):
            in_turn.set()

    thread = threading.Thread(target=second)
    with turns.taken(A, confirmed=False, say=pytest.fail):
        thread.start()
        assert said.wait(10)
        turns.limit(A, 2)
        assert in_turn.wait(10)
    thread.join(10)


def test_a_job_that_fails_gives_its_turn_back() -> None:
    turns = Turns(Most(1, 1), threading.Event())
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), turns.taken(A, confirmed=False, say=pytest.fail):
            raise ValueError("broken")


def test_a_server_that_stops_leaves_what_waits_for_the_next_one() -> None:
    stopping = threading.Event()
    turns = Turns(Most(1, 1), stopping)

    def stop(_why: str) -> None:
        stopping.set()

    with (
        turns.taken(A, confirmed=False, say=pytest.fail),
        pytest.raises(Stopping),
        turns.taken(B, confirmed=False, say=stop),
    ):
        pytest.fail("it was not its turn")
