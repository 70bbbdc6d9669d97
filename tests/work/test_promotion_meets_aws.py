"""What AWS may be like between a confirmation and its execution: a clear end each, nothing executed, nothing locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.work.meeting_aws import STACK, Shop

from seed.aws.errors import CredentialsExpired, CredentialsMissing, NetworkLost, Throttled
from seed.errors import SeedError


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def in_state(status: str) -> Callable[[Shop], None]:
    return lambda shop: shop.cloud.put_in_state(STACK, status)


def fails_with(kind: type[SeedError]) -> Callable[[Shop], None]:
    return lambda shop: shop.cloud.failing.append(kind("AWS does not answer as it should.", hint="Look at it."))


@pytest.mark.parametrize(
    ("happens", "state", "told"),
    [
        (in_state("UPDATE_IN_PROGRESS"), "stale", "is being updated by somebody else"),
        (in_state("UPDATE_ROLLBACK_FAILED"), "failed", "UPDATE_ROLLBACK_FAILED"),
        (fails_with(CredentialsExpired), "failed", "AWS does not answer"),
        (fails_with(CredentialsMissing), "failed", "AWS does not answer"),
        (fails_with(Throttled), "failed", "AWS does not answer"),
        (fails_with(NetworkLost), "failed", "AWS does not answer"),
    ],
    ids=["busy", "stuck", "expired", "missing", "throttled", "lost"],
)
def test_a_confirmed_promotion_ends_and_says_why(
    shop: Shop, happens: Callable[[Shop], None], state: str, told: str
) -> None:
    shop.carried_out(shop.confirmed())
    executed = list(shop.cloud.executed)
    asked = shop.confirmed(1)

    happens(shop)
    done = shop.carried_out(asked)

    assert (done.state, told in done.reason) == (state, True), done.reason
    assert shop.cloud.executed == executed

    shop.cloud.failing.clear()
    shop.cloud.put_in_state(STACK, "UPDATE_COMPLETE")
    assert shop.carried_out(shop.confirmed(2)).state == "promoted"
