"""Phases: kept in order, every service in exactly one, circles told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.builds.phases import CyclicPhases, PhasesNotWhole, arranged, broken, in_phases, proposed, why_skipped

NAMES = st.sampled_from([f"s{n}" for n in range(8)])


def test_phases_come_in_order_and_backwards_for_rollback_and_removal() -> None:
    found = {"users": 1, "orders": 2, "mails": 1, "web": 5}

    assert in_phases(found, found.__getitem__) == [(1, ["users", "mails"]), (2, ["orders"]), (5, ["web"])]
    assert in_phases(found, found.__getitem__, back=True) == [(5, ["web"]), (2, ["orders"]), (1, ["users", "mails"])]


def test_an_arrangement_numbers_phases_and_empty_ones_vanish() -> None:
    assert arranged(["a", "b", "c"], [["b"], [], ["a", "c"]]) == {"b": 1, "a": 2, "c": 2}


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        ([["a"], ["b", "a"]], "a stands in two phases."),
        ([["a"]], "b stands in no phase."),
        ([["a", "b", "x"]], "There is no service 'x'."),
        ([["a", "a", "b"]], "a stands in two phases."),
    ],
)
def test_an_arrangement_that_is_not_whole_is_refused(phases: list[list[str]], said: str) -> None:
    with pytest.raises(PhasesNotWhole) as error:
        arranged(["a", "b"], phases)
    assert error.value.sentence == said


def test_a_proposal_has_the_fewest_phases() -> None:
    needs = {"web": {"orders", "users"}, "orders": {"users"}, "users": set(), "mails": set()}
    assert proposed(needs) == [["mails", "users"], ["orders"], ["web"]]


def test_needing_oneself_or_what_is_not_here_is_no_circle() -> None:
    assert proposed({"a": {"a", "elsewhere"}}) == [["a"]]


def test_a_circle_is_named() -> None:
    with pytest.raises(CyclicPhases) as error:
        proposed({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()})
    assert "b → c → b" in error.value.sentence


@given(st.dictionaries(NAMES, st.sets(NAMES, max_size=3)))
def test_a_proposal_breaks_no_need_or_there_is_a_circle(needs: dict[str, set[str]]) -> None:
    try:
        phases = proposed(needs)
    except CyclicPhases:
        return
    numbers = {name: number for number, names in enumerate(phases) for name in names}
    assert broken(numbers, needs) == []
    assert set(numbers) == set(needs)


def test_what_stands_too_early_is_told() -> None:
    assert broken({"a": 1, "b": 1, "c": 2}, {"a": {"b"}, "c": {"a"}}) == [("a", "b")]


def test_a_later_phase_says_who_failed() -> None:
    assert why_skipped(1, ["users", "mails"]) == "phase 1 failed: mails, users"
