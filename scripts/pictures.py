"""Take the pictures of the docs, from a demo of its own.

make pictures        needs Chromium; pngquant makes them small where it is installed
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "img"
LINK = re.compile(r"(http://\S+)/link\?key=\S+")
TAKEN = (
    ("review-light", "/promotions/2", "light", 1080, ""),
    ("review-dark", "/promotions/2", "dark", 1080, ""),
    ("pipeline", "/apps/shop", "light", 430, ""),
    ("build", "/apps/shop/dev/builds/2", "light", 760, "Log"),
)
"""File, page, theme, height, and what is opened first."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as link, sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        take(browser, link)
        browser.close()


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The address that signs in, once the review waits."""
    command = [str(Path(sys.executable).with_name("seed")), "demo", "--data", str(folder / "demo"), "--port", "8437"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            found = (LINK.search(line) for line in process.stdout or ())
            yield next(link.group() for link in found if link)
        finally:
            process.terminate()


def take(browser: Browser, link: str) -> None:
    home = link.partition("/link?")[0]
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{home}/promotions/2")
    for name, path, theme, height, opened in TAKEN:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(home + path)
        page.wait_for_function("document.documentElement.classList.contains('scripted')")
        if opened:
            page.locator("summary").get_by_text(opened, exact=True).first.click()
        page.wait_for_timeout(500)
        file = PICTURES / f"{name}.png"
        page.screenshot(path=file)
        if small := shutil.which("pngquant"):
            subprocess.run([small, "--force", "--ext", ".png", "--skip-if-larger", "64", str(file)], check=False)


if __name__ == "__main__":
    main()
