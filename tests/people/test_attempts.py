"""Nobody guesses passwords by trying: failures are counted, and the answer tells nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.clock import Hands
from tests.support.seeded import PASSWORD, empty
from tests.support.waiting import eventually
from tests.support.web import application_of

from seed.audit.records import AuditEvent
from seed.people.address import address_of
from seed.people.attempts import Attempts, Most, TooManyAttempts
from seed.people.sign_in import add_person

FEW = Most(by_email=3, by_address=5, seconds=900)
ALICE, NOBODY = "alice@example.com", "nobody@example.com"


def fails(attempts: Attempts, email: str, address: str = "192.0.2.1") -> bool:
    with attempts.turn(email, address) as attempt:
        return attempt.failed()


def refused(attempts: Attempts, email: str, address: str = "192.0.2.1") -> int:
    with pytest.raises(TooManyAttempts) as error, attempts.turn(email, address):
        pytest.fail("a password would be checked")
    return error.value.retry_after


def test_after_so_many_failures_an_e_mail_waits_and_only_so_long() -> None:
    hands = Hands()
    attempts = Attempts(FEW, hands.now)
    assert [fails(attempts, ALICE, f"192.0.2.{n}") for n in range(3)] == [False, False, True]

    assert refused(attempts, f" {ALICE.upper()} ", "192.0.2.9") == 900
    hands.sleep(300)
    assert refused(attempts, ALICE) == 600
    hands.sleep(599)
    assert refused(attempts, ALICE) == 1
    hands.sleep(1)
    assert fails(attempts, ALICE) is False


def test_an_address_waits_whatever_e_mails_it_tries_and_others_do_not() -> None:
    attempts = Attempts(FEW, Hands().now)
    for number in range(5):
        fails(attempts, f"{number}@example.com")

    refused(attempts, ALICE)
    assert fails(attempts, ALICE, "198.51.100.7") is False


def test_a_refusal_is_no_failure_and_does_not_make_it_longer() -> None:
    hands = Hands()
    attempts = Attempts(FEW, hands.now)
    for _ in range(3):
        fails(attempts, ALICE)
    for _ in range(100):
        hands.sleep(8.9)
        refused(attempts, ALICE)

    hands.sleep(900 - 890)
    assert fails(attempts, ALICE) is False


def test_who_signs_in_begins_anew_but_the_address_does_not() -> None:
    attempts = Attempts(FEW, Hands().now)
    for _ in range(2):
        fails(attempts, ALICE)
    with attempts.turn(ALICE, "192.0.2.1") as attempt:
        attempt.good()

    assert [fails(attempts, ALICE) for _ in range(3)] == [False, False, True]
    refused(attempts, NOBODY)


def test_what_is_remembered_is_bounded() -> None:
    attempts = Attempts(replace(FEW, remembered=100), Hands().now)
    for number in range(1000):
        fails(attempts, f"{number}@example.com", f"address {number}")

    assert len(attempts._failures) <= 100


def test_two_passwords_are_checked_at_a_time_some_wait_and_the_rest_come_back_later() -> None:
    attempts = Attempts(replace(FEW, at_once=2, waiting=1), Hands().now)
    inside, leave = threading.Semaphore(0), threading.Event()

    def enter(number: int) -> None:
        with attempts.turn(f"{number}@example.com", f"address {number}"):
            inside.release()
            leave.wait(10)

    threads = [threading.Thread(target=enter, args=(n,)) for n in range(3)]
    for thread in threads[:2]:
        thread.start()
        assert inside.acquire(timeout=10)
    threads[2].start()
    eventually(lambda: attempts._line._value == 0, "the third in the line")
    assert not inside.acquire(blocking=False), "the third waits"

    assert refused(attempts, ALICE) == 1
    leave.set()
    for thread in threads:
        thread.join()
    assert fails(attempts, ALICE) is False


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.1"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        ("127.0.0.1", ["10.0.0.1, 203.0.113.1"], "203.0.113.1"),
        ("127.0.0.1", ["10.0.0.1", "203.0.113.1"], "203.0.113.1"),
        ("127.0.0.1", ["203.0.113.1, 127.0.0.1"], "203.0.113.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("2001:db8:1:2:3::4", [], "2001:db8:1:2::/64"),
        ("::1", ["x" * 500], "x" * 64),
    ],
)
def test_only_a_proxy_of_ours_says_for_whom_it_asks(peer: str, forwarded: list[str], found: str) -> None:
    assert address_of(peer, forwarded, {"127.0.0.1", "::1"}) == found


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[TestClient]:
    server = empty(tmp_path)
    server.world = replace(server.world, attempts=Attempts(FEW, Hands().now))
    with server.world.database.write() as session:
        add_person(session, ALICE, "Alice", PASSWORD)
    client = TestClient(application_of(server), base_url="http://127.0.0.1", follow_redirects=False)
    yield client
    server.world.database.close()


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/login"])
def test_console_and_api_answer_the_same_for_an_e_mail_that_is_somebodys_and_for_one_that_is_not(
    asked: TestClient, path: str
) -> None:
    def attempt(email: str, password: str) -> tuple[int, str | None, str]:
        given = {"email": email, "password": password}
        answer = asked.post(path, json=given) if path.startswith("/api") else asked.post(path, data=given)
        return answer.status_code, answer.headers.get("retry-after"), answer.text.replace(email, "…")

    mine = [attempt(ALICE, "a wrong password") for _ in range(3)]
    locked = attempt(ALICE, PASSWORD)
    asked.app.state.world.attempts._failures.clear()
    theirs = [attempt(NOBODY, "a wrong password") for _ in range(3)]

    assert [status for status, _, _ in mine] == [401] * 3
    assert mine == theirs
    assert locked == attempt(NOBODY, PASSWORD)
    assert locked[:2] == (429, "900")
    assert "failed too often" in locked[2]


def test_each_failure_and_the_stop_are_in_the_activity_and_no_password_is(asked: TestClient) -> None:
    for _ in range(4):
        asked.post("/sign-in", data={"email": ALICE, "password": "a wrong password"})
    asked.post("/sign-in", data={"email": "my secret password", "password": "x"})

    world = asked.app.state.world
    with world.database.read() as session:
        events = session.scalars(sa.select(AuditEvent).where(AuditEvent.action.startswith("person.sign"))).all()
        said = [(one.action, one.subject, one.details) for one in events]
    there = {"address": "testclient"}
    failed = ("person.sign-in-failed", ALICE, there)
    assert said == [
        failed, failed, failed, ("person.sign-in-paused", ALICE, there),
        ("person.sign-in-failed", "an e-mail that nobody has", there),
    ]  # fmt: skip


def test_other_people_still_sign_in(asked: TestClient) -> None:
    for _ in range(4):
        asked.post("/sign-in", data={"email": NOBODY, "password": "a wrong password"})

    assert asked.post("/sign-in", data={"email": ALICE, "password": PASSWORD}).status_code == 303
