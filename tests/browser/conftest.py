"""Chromium on a seeded Seed. A console error, a page error or a breach of the policy fails the test."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from tests.support.seeded import Seeded, seeded
from tests.support.waiting import eventually

from seed.server import application

ARGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AXE = Path(__file__).parents[2] / "npm" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}


@dataclass
class Site:
    """A running console: where it is, the rows behind it, and a way in."""

    seed: Seeded
    url: str
    key: str


@dataclass
class Tab:
    """A page that keeps what went wrong in it."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, path
        self.page.wait_for_function("document.documentElement.classList.contains('scripted')")
        return self.page

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"{message.type}: {message.text}")

    def findings(self) -> list[str]:
        """What axe calls serious or critical."""
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for one in found["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]


Open = Callable[..., Tab]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = seeded(tmp_path_factory.mktemp("browser"))
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
def chromium() -> Iterator[Browser]:
    path = os.environ.get("SEED_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("There is no Chromium: apt-get install chromium, or set SEED_TEST_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, site: Site) -> Iterator[Open]:
    """Open a tab: signed in as Alice unless told otherwise, in a theme and a width."""
    opened: list[Tab] = []

    def open_tab(
        *, theme: Literal["light", "dark"] = "light", width: int = 1280, signed_in: bool = True, scripts: bool = True
    ) -> Tab:
        context = chromium.new_context(
            color_scheme=theme, viewport={"width": width, "height": 800}, java_script_enabled=scripts,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        context.set_default_timeout(20_000)
        if signed_in:
            context.add_cookies([{"name": "seed_session", "value": site.key, "url": site.url}])
        made = Tab(context.new_page(), site.url)
        made.page.on("console", made.heard)
        made.page.on("pageerror", lambda error: made.wrong.append(str(error)))
        opened.append(made)
        return made

    yield open_tab
    wrong = [what for one in opened for what in one.wrong]
    for one in opened:
        one.page.context.close()
    assert wrong == []
