"""Debian's Chromium, driven: every error it reports, and every serious accessibility finding, fails the test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

AXE = Path(__file__).parents[2] / "npm" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed: make test installs it where apt can"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """A page whose errors are kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def check(self, *rules: str) -> None:
        """No error so far, and nothing serious in the way of anybody who uses the page differently: by these rules, or
        by all.
        """
        assert self.errors == []
        # Playwright evaluates outside of the page's own policy, which forbids every script but ours.
        self.page.evaluate(AXE.read_text())
        asked = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        found = self.page.evaluate("asked => axe.run(document, asked)", asked)
        serious = [v for v in found["violations"] if v["impact"] in {"serious", "critical"}]
        told = [{"rule": v["id"], "where": [n["target"] for n in v["nodes"]][:5]} for v in serious]
        assert not told, f"{self.page.url}: {json.dumps(told)}"

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)
