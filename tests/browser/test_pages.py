"""Every page in Chromium: no error, nothing inaccessible, in light and dark, on a desk and in a hand."""

from __future__ import annotations

from typing import Literal

import pytest
import sqlalchemy as sa
from tests.browser.conftest import Open, Site

from seed.promotions.records import Promotion

pytestmark = pytest.mark.browser
PAGES = (
    "/", "/apps/new", "/apps/shop", "/apps/shop/activity", "/apps/shop/settings", "/apps/shop/dev", "/apps/shop/prod",
    "/apps/shop/dev/builds/2", "/apps/shop/dev/builds/3", "/apps/shop/feature/builds/2", "/accounts", "/tokens", "/server", "/_style",
    "/apps/shop/services", "/apps/shop/variables", "/apps/shop/settings/forge", "/mail", "/apps/shop/settings/removal",
    "/apps/shop/settings/stages/dev/notifications", "/apps/shop/settings/stages/prod/notifications",
)  # fmt: skip


def reviews(site: Site) -> list[str]:
    """One promotion for each state and kind, and the one with everything in it."""
    with site.seed.world.database.read() as session:
        rows = session.execute(
            sa.select(Promotion.state, Promotion.kind, sa.func.min(Promotion.id)).group_by(
                Promotion.state, Promotion.kind
            )
        )
        return [f"/promotions/{number}" for _, _, number in rows] + [f"/promotions/{number}" for number in (8, 17)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_seriously_inaccessible(tab: Open, site: Site, theme: Literal["light", "dark"]) -> None:
    """In the dark only the colours are others."""
    one = tab(theme=theme)
    for path in (*PAGES, *reviews(site)):
        one.go(path)
        one.watched.check(*(["color-contrast"] if theme == "dark" else []))


def test_sign_in_is_accessible_too(tab: Open) -> None:
    one = tab(signed_in=False)
    one.go("/sign-in")
    one.watched.check()


def test_no_page_scrolls_sideways_in_a_hand(tab: Open, site: Site) -> None:
    one = tab(width=360)
    wide = {}
    for path in (*PAGES, *reviews(site), "/promotions/16"):
        page = one.go(path)
        page.evaluate("for (const one of [...document.querySelectorAll('details')].slice(0, 60)) one.open = true")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wide[path] = width
    assert wide == {}
