"""How builds, service builds and promotions move: the tables, read as rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.builds.states import BUILD, ENDED, SERVICE, NotPossible, move, outcome
from seed.promotions.digest import Reviewed, digest_of
from seed.promotions.states import ENDED as PROMOTION_ENDED
from seed.promotions.states import PROMOTION, moved

SERVICE_STATES = st.sampled_from(["succeeded", "unchanged", "failed", "cancelled", "skipped"])


@pytest.mark.parametrize(("table", "ended"), [(BUILD, ENDED), (SERVICE, ENDED), (PROMOTION, PROMOTION_ENDED)])
def test_an_ended_state_never_moves_and_every_other_one_does(
    table: dict[tuple[str, str], str], ended: frozenset[str]
) -> None:
    assert not {state for state, _ in table} & ended
    reachable = set(table.values()) | {"queued", "waiting", "planning"}
    for state in reachable - ended:
        assert any(before == state for before, _ in table) or state in {"queued", "waiting", "planning"}


@pytest.mark.parametrize(
    ("states", "event"),
    [
        (["succeeded", "succeeded"], "succeed"),
        (["succeeded", "unchanged"], "succeed"),
        (["unchanged"], "succeed"),
        (["succeeded", "skipped"], "succeed"),
        (["skipped", "skipped"], "fail"),
        (["succeeded", "failed"], "fail"),
        (["cancelled", "failed"], "fail"),
        (["succeeded", "cancelled"], "cancel"),
        ([], "fail"),
    ],
)
def test_how_a_build_ends_from_how_its_services_ended(states: list[str], event: str) -> None:
    assert outcome(states) == event


@given(st.lists(SERVICE_STATES))
def test_the_order_of_services_does_not_matter(states: list[str]) -> None:
    assert outcome(states) == outcome(reversed(states))


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("review", "promote"),
        ("promoted", "confirm"),
        ("stale", "confirm"),
        ("rejected", "reject"),
        ("planning", "confirm"),
    ],
)
def test_what_a_promotion_cannot_do_is_refused(state: str, event: str) -> None:
    with pytest.raises(NotPossible):
        moved(state, event)


def test_a_confirmed_promotion_goes_to_its_end() -> None:
    state = "planning"
    for event in ("plan", "confirm", "deploy", "promote"):
        state = moved(state, event)
    assert state == "promoted"


def test_a_build_that_is_taken_up_again_still_runs() -> None:
    assert move(BUILD, "running", "start") == "running"
    assert move(SERVICE, "packaging", "check") == "checking"


REVIEWED = st.builds(
    Reviewed,
    service=st.text(min_size=1),
    package=st.text(),
    method=st.sampled_from(["change-set", "update-stack", "nothing"]),
    change_set=st.text(),
    baseline=st.dictionaries(st.text(), st.text()),
    changes=st.dictionaries(st.text(), st.integers()),
)


@given(st.lists(REVIEWED, unique_by=lambda r: r.service))
def test_a_digest_does_not_depend_on_the_order_of_services(services: list[Reviewed]) -> None:
    assert digest_of("promotion", 1, 2, services) == digest_of("promotion", 1, 2, list(reversed(services)))


@given(REVIEWED, st.text(min_size=1))
def test_a_digest_depends_on_everything_that_is_shown(shown: Reviewed, other: str) -> None:
    from dataclasses import replace

    plain = digest_of("promotion", 1, 2, [shown])
    assert plain != digest_of("rollback", 1, 2, [shown])
    assert plain != digest_of("promotion", 3, 2, [shown])
    assert plain != digest_of("promotion", 1, 3, [shown])
    for field in ("service", "package", "change_set"):
        changed = replace(shown, **{field: getattr(shown, field) + other})
        assert plain != digest_of("promotion", 1, 2, [changed])
    assert plain != digest_of("promotion", 1, 2, [replace(shown, baseline={**shown.baseline, f"x{other}": "y"})])
    assert plain != digest_of("promotion", 1, 2, [replace(shown, changes={**shown.changes, f"x{other}": 1})])
