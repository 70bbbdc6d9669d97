"""Logs on a page: the last lines, each with its number; earlier ones on demand; all of them by the stream."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.builds.records import Build
from seed.console import logs
from seed.console.live import cursor, follow_logs
from seed.work.logs.log import LogReader, LogWriter


def written(path: Path, lines: int) -> Path:
    writer = LogWriter(path)
    writer.step("package")
    writer.write("\n".join(f"line {n} \x1b[32mgreen\x1b[0m <b>" for n in range(1, lines + 1)))
    writer.close()
    return path


def test_a_short_log_is_shown_whole(tmp_path: Path) -> None:
    log = logs.end_of(written(tmp_path / "log", 10), "orders")
    text = str(log.blocks[0][1])
    assert (log.last, log.earlier) == (10, 0)
    assert 'id="orders-L1"' in text
    assert '<i class="f2">green</i>' in text
    assert "&lt;b&gt;" in text


def test_of_a_long_log_the_last_lines_are_shown_and_earlier_ones_fit_before(tmp_path: Path) -> None:
    path = written(tmp_path / "log", 4500)
    end = logs.end_of(path, "a")
    middle = logs.before(path, "a", end.earlier)
    start = logs.before(path, "a", middle.earlier)
    assert [end.earlier, middle.earlier, start.earlier] == [2501, 501, 0]
    text = "".join(str(lines) for log in (start, middle, end) for _, lines in log.blocks)
    assert re.findall(r'id="a-L(\d+)"', text) == [str(n) for n in range(1, 4501)]


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert logs.end_of(tmp_path / "none", "a").blocks == ()
    assert logs.before(tmp_path / "none", "a", 1).blocks == ()


def test_a_log_can_be_downloaded_and_read_without_scripts(alice: TestClient) -> None:
    answer = alice.get("/apps/shop/dev/builds/1/log/orders/text")
    assert answer.headers["content-disposition"] == 'attachment; filename="shop-dev-1-orders.log"'
    assert "npm ci" in answer.text
    block = alice.get("/apps/shop/dev/builds/1/log/orders?before=20").text
    assert 'id="orders-L19"' in block
    assert 'id="orders-L20"' not in block


def test_a_page_that_looks_again_is_spared_the_lines(alice: TestClient) -> None:
    path = "/apps/shop/dev/builds/1"
    assert 'class="l"' in alice.get(path).text
    assert 'class="l"' not in alice.get(path, headers={"seed-live": "1"}).text


def test_every_line_arrives_once_and_in_order_also_after_a_break(shop: Seeded, tmp_path: Path) -> None:
    path = written(tmp_path / "log", 12_000)
    first = collect(shop, path, "", 3)
    last = first[-1][0]
    second = collect(shop, path, last, 100)
    numbers = [line[0] for _, lines in (*first, *second) for line in lines]
    assert numbers == list(range(1, 12_001))


def test_the_cursor_survives_nonsense() -> None:
    assert cursor("s1:4,p2:7") == {"s1": 4, "p2": 7}
    assert cursor("s1:x,:3,,s2:²,s3:" + "9" * 50) == {}


def collect(shop: Seeded, path: Path, last: str, batches: int) -> list[tuple[str, list[list[object]]]]:
    """(event id, lines) of so many batches, or until all is told."""

    async def read() -> list[tuple[str, list[list[object]]]]:
        found = []
        readers = {"s1": LogReader(path, cursor(last).get("s1", 0))}
        async for event in follow_logs(shop.world, ("build:1",), readers, lambda: True, last):
            if "event: lines" in event:
                number, _, data = event.split("\n")[:3]
                found.append((number.removeprefix("id: "), json.loads(data.removeprefix("data: "))["lines"]))
            if len(found) == batches or (found and found[-1][1][-1][0] == 12_000):
                break
        return found

    return asyncio.run(read())


def test_the_build_page_shows_the_failure_first(alice: TestClient, shop: Seeded) -> None:
    text = alice.get("/apps/shop/dev/builds/2").text
    assert text.index("already exists in stack") < text.index('class="service-build"')
    with shop.world.database.read() as session:
        assert session.query(Build).count() > 5
