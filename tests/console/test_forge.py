"""The forge's page: what is connected, what was told in both directions, and never the secret."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.apps.records import App
from seed.connections.records import ForgeConnection, ForgeMessage, HeardEvent

PAGE = "/apps/shop/settings/forge"
SECRET = "ghp_secret_of_the_page"
# A name that exists nowhere, by its own standard.
GIVEN = {"forge": "github", "repository": "mike/shop", "api_url": "https://forge.invalid", "secret": SECRET,
         "statuses": "yes"}  # fmt: skip


def connection(own: Seeded) -> ForgeConnection | None:
    with own.world.database.read() as session:
        return session.scalar(sa.select(ForgeConnection))


def test_an_app_is_connected_and_disconnected(own: Seeded, own_alice: TestClient) -> None:
    assert "Not connected" in own_alice.get(PAGE).text

    assert own_alice.post(PAGE, data=GIVEN).headers["location"] == PAGE

    made = connection(own)
    assert (made.repository, made.statuses, made.comments) == ("mike/shop", True, False)
    page = own_alice.get(PAGE).text
    assert "does not answer" in page, "the connection was tried"
    assert SECRET not in page
    assert own_alice.post(f"{PAGE}/check").status_code == 303
    assert own_alice.post(f"{PAGE}/disconnect").status_code == 303
    assert connection(own) is None


def test_a_refusal_keeps_what_was_given_but_for_the_secret(own: Seeded, own_alice: TestClient) -> None:
    answer = own_alice.post(PAGE, data={**GIVEN, "repository": "<b>no</b>"})

    assert answer.status_code == 422
    assert "&lt;b&gt;no&lt;/b&gt;" in answer.text
    assert SECRET not in answer.text
    assert own_alice.post(PAGE, data={**GIVEN, "forge": "sourcehut"}).status_code == 422
    assert connection(own) is None


def test_pushes_may_wait_for_checks(own: Seeded, own_alice: TestClient) -> None:
    own_alice.post(f"{PAGE}/checks", data={"wait": "yes", "names": "ci/tests,ci/lint"})

    with own.world.database.read() as session:
        app = session.scalars(sa.select(App)).one()
    assert (app.wait_for_checks, app.required_checks) == (True, "ci/tests, ci/lint")
    assert "only after ci/tests, ci/lint" in own_alice.get(PAGE).text


def test_what_was_told_in_both_directions_is_shown_as_text(own: Seeded, own_alice: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    with own.world.database.write() as session:
        app = session.scalars(sa.select(App)).one()
        session.add(
            HeardEvent(app_id=app.id, forge="github", delivery="d", kind="push", subject=f"branch {evil}", body={})
        )
        session.add(ForgeMessage(app_id=app.id, target=evil, kind="status", build_id=1, body={}, problem=evil))

    page = own_alice.get(PAGE).text

    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_the_settings_lead_to_it(own_alice: TestClient) -> None:
    assert f'href="{PAGE}"' in own_alice.get("/apps/shop/settings").text
