"""Chromium on a seeded Seed. A console error, a page error or a breach of the policy fails the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from tests.support.browser import Watched, chromium
from tests.support.seeded import Seeded, copied
from tests.support.settings import settle
from tests.support.waiting import eventually

from seed.server import application


@dataclass
class Site:
    """A running console: where it is, the rows behind it, and a way in."""

    seed: Seeded
    url: str
    key: str


class Tab:
    """A watched page of the site."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.watched = Watched(page)

    def go(self, path: str) -> Page:
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, path
        self.page.wait_for_function("document.documentElement.classList.contains('scripted')")
        return self.page


Open = Callable[..., Tab]


@pytest.fixture(scope="session")
def site(template: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = copied(template, tmp_path_factory.mktemp("browser"))
    settle(made)
    config = uvicorn.Config(application(made.server), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(made, f"http://127.0.0.1:{port}", made.key())
    made.world.bell.close()
    server.should_exit = True
    thread.join(10)
    made.world.database.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Gone when these tests are over: as long as it is there, nobody else may have an event loop in this thread."""
    with chromium() as made:
        yield made


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Open]:
    """Open a tab: signed in as Alice unless told otherwise, in a theme and a width."""
    opened: list[Tab] = []

    def open_tab(
        *, theme: Literal["light", "dark"] = "light", width: int = 1280, signed_in: bool = True, scripts: bool = True
    ) -> Tab:
        context = browser.new_context(
            color_scheme=theme, viewport={"width": width, "height": 800}, java_script_enabled=scripts,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        context.set_default_timeout(20_000)
        if signed_in:
            context.add_cookies([{"name": "seed_session", "value": site.key, "url": site.url}])
        made = Tab(context.new_page(), site.url)
        opened.append(made)
        return made

    yield open_tab
    wrong = [what for one in opened for what in one.watched.errors]
    for one in opened:
        one.page.context.close()
    assert wrong == []
