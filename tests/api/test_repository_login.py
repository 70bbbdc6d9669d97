"""The login of a repository: kept, tried before it is kept, and shown to nobody."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.guarded import guarded
from tests.support.seeded import Seeded

from seed.apps.records import App
from seed.work.seal_logins import seal_logins


def test_a_token_in_the_repositorys_address_is_shown_to_nobody(alice: TestClient, shop: Seeded) -> None:
    with shop.world.database.read() as session:
        kept = session.scalars(sa.select(App.repository)).one()
    address = sa.update(App).values(repository="https://robin:ghp_hush@example.com/mike/shop")
    shop.write(lambda session: session.execute(address))
    before = alice.get("/apps/shop").json()["repository"]
    seal_logins(shop.world)

    shown = alice.get("/apps/shop").json()["repository"]
    pages = TestClient(alice.app, base_url="http://127.0.0.1")
    pages.cookies.set("seed_session", shop.key())
    texts = [pages.get(page).text for page in ("/", "/apps/shop/settings")]
    shop.write(lambda session: session.execute(sa.update(App).values(repository=kept, sealed_login=None)))

    assert before == shown == "https://***@example.com/mike/shop"
    assert all("ghp_hush" not in text and "example.com/mike/shop" in text for text in texts)


def test_another_token_is_read_with_before_it_is_kept(alice: TestClient, shop: Seeded) -> None:
    with shop.world.database.read() as session:
        kept = session.scalars(sa.select(App.repository)).one()
    pages = TestClient(alice.app, base_url="http://127.0.0.1", follow_redirects=False)
    pages.cookies.set("seed_session", shop.key())

    with guarded(shop.repository, "robin", "ghp_hush") as served:
        changed = alice.patch("/apps/shop", json={"repository": served.address})
        refused = alice.patch("/apps/shop", json={"repository": served.address.replace("hush", "wrong")})
        again = pages.post("/apps/shop/settings/repository", data={"address": served.address})
        shown = alice.get("/apps/shop").json()["repository"]
        with shop.world.database.read() as session:
            shop.world.mirror(session.scalars(sa.select(App)).one()).sync()
    alice.patch("/apps/shop", json={"repository": kept})

    assert (changed.status_code, refused.status_code, again.status_code) == (200, 422, 303)
    assert shown == served.clean.replace("://", "://***@")
    assert "ghp_wrong" not in refused.text
    with shop.world.database.read() as session:
        assert session.scalars(sa.select(App)).one().sealed_login is None
