"""Logs, written by a build and followed on its page in Chromium at once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from tests.support.browser import chromium
from tests.support.seeded import Seeded, seeded
from tests.support.waiting import eventually

from scripts.bench.report import say
from seed.builds.records import Build, ServiceBuild
from seed.server import application
from seed.work.logs.log import LogReader, LogWriter

SECONDS, LINES_A_SECOND, BATCH = 4, 5000, 50
BUILD = "/apps/shop/feature/builds/2"


def logs(folder: Path) -> None:
    """5,000 lines a second written, sent to a page, and put there without loss."""
    made = seeded(folder)
    web = uvicorn.Server(uvicorn.Config(application(made.server), host="127.0.0.1", port=0, log_config=None))
    threading.Thread(target=web.run, daemon=True).start()
    eventually(lambda: web.started, "the server")
    url = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
    path = made.world.folders.log(_running(made).id)
    with chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": "seed_session", "value": made.key(), "url": url}])
        page = context.new_page()
        page.goto(url + BUILD)
        log = page.locator("#orders [data-log]")
        before = int(log.get_attribute("data-last") or 0)
        cpu, began = time.process_time(), time.monotonic()
        wanted = before + _write(path)
        written = time.monotonic() - began
        eventually(lambda: int(log.get_attribute("data-last") or 0) >= wanted, "the last line on the page")
        late = time.monotonic() - began - written
        spent = (time.process_time() - cpu) / written
        # A page holds 20,000 lines; none between the first and the last of those may be missing.
        numbers = page.evaluate(
            "[...document.querySelectorAll('#orders .l > a')].map((one) => Number(one.textContent))"
        )
        whole = numbers == list(range(numbers[0], wanted + 1))
    web.should_exit = True
    reader = LogReader(path)
    kept = sum(len(lines) for lines in iter(reader.poll, []))
    say(
        f"\nLogs: {wanted - before:,} lines in {written:.1f} s ({(wanted - before) / written:,.0f} a second): "
        f"{kept:,} in the log, the page {'has each' if whole else 'LOST SOME'}, "
        f"{late:.1f} s after the last; {spent:.0%} of one core for writing and sending"
    )


def _running(made: Seeded) -> ServiceBuild:
    with made.world.database.read() as session:
        running = sa.select(Build).where(Build.state == "running", Build.trigger == "push")
        return session.scalars(running).one().services[0]


def _write(path: Path) -> int:
    """As a build does: line by line, at its own pace."""
    writer = LogWriter(path)
    began = time.monotonic()
    total = SECONDS * LINES_A_SECOND
    for number in range(total):
        writer.write(f"line {number}: compiled, packaged, uploaded, and so on and so forth")
        if number % BATCH == 0:
            time.sleep(max(0.0, began + number / LINES_A_SECOND - time.monotonic()))
    writer.close()
    return total
