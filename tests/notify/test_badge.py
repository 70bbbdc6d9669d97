"""A badge shows a state and nothing else, at an address that nobody guesses."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.notify.telling import Telling
from tests.support.web import application_of

from seed.builds.records import Build
from seed.notify.badge import SHOWN, set_badge, svg
from seed.people.actor import SEED, Actor, NotAllowed


@pytest.fixture
def stranger(telling: Telling) -> TestClient:
    return TestClient(application_of(telling.shop.server), base_url="http://127.0.0.1")


def switch(telling: Telling, *, on: bool, stage: str = "dev") -> str:
    row = telling.write(lambda s: set_badge(s, SEED, telling.stage(s, stage), on=on))
    return f"/badges/{row.key}.svg" if row else ""


def test_anybody_with_the_address_sees_the_state_and_nothing_else(telling: Telling, stranger: TestClient) -> None:
    address = switch(telling, on=True)

    answer = stranger.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "passing" in answer.text
    for word in ("dev", "shop", "Alice", "orders"):
        assert word not in answer.text
    assert len(address) > 30


@pytest.mark.parametrize(("state", "word"), [("failed", "failing"), ("running", "passing"), ("cancelled", "passing")])
def test_it_is_that_of_the_last_build_that_ended_so(
    telling: Telling, stranger: TestClient, state: str, word: str
) -> None:
    address = switch(telling, on=True)
    telling.now_is(telling.build(), state)

    assert word in stranger.get(address).text


def test_before_the_first_build_there_is_none(telling: Telling, stranger: TestClient) -> None:
    address = switch(telling, on=True)
    telling.write(lambda s: s.execute(sa.delete(Build)))

    assert "no build" in stranger.get(address).text


def test_it_may_be_kept_for_a_minute_and_asked_for_again_cheaply(telling: Telling, stranger: TestClient) -> None:
    address = switch(telling, on=True)
    first = stranger.get(address)
    again = stranger.get(address, headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=60, must-revalidate"
    assert (again.status_code, again.content) == (304, b"")


def test_switched_off_the_address_leads_nowhere_for_good(telling: Telling, stranger: TestClient) -> None:
    address = switch(telling, on=True)
    assert switch(telling, on=True) == address
    switch(telling, on=False)
    assert stranger.get(address).status_code == 404
    assert switch(telling, on=True) != address
    assert stranger.get(address).status_code == 404
    assert stranger.get("/badges/.svg").status_code == 404


def test_switching_needs_the_scope_admin(telling: Telling) -> None:
    with pytest.raises(NotAllowed):
        telling.write(lambda s: set_badge(s, Actor(1, "x", "deploy"), telling.stage(s, "dev"), on=True))


def test_styles_differ_and_unknown_ones_are_the_default(telling: Telling, stranger: TestClient) -> None:
    address = switch(telling, on=True)
    default, flat, other = (stranger.get(address + q).text for q in ("", "?style=flat", "?style=<script>"))

    assert default != flat
    assert other == default


@pytest.mark.parametrize("state", list(SHOWN))
def test_every_badge_is_an_image_that_says_what_it_is(state: str) -> None:
    for drawn in (svg(state, "default"), svg(state, "flat")):
        root = ET.fromstring(drawn)  # noqa: S314, our own
        assert root.attrib["aria-label"] == f"build: {SHOWN[state][0]}"
