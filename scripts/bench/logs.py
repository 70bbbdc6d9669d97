"""Logs, written and followed at once."""

from __future__ import annotations

import time
from pathlib import Path

from scripts.bench.report import say
from seed.work.logs import LogReader, LogWriter


def logs(folder: Path) -> None:
    """5,000 lines a second written, and read by a follower, without loss."""
    path = folder / "log.jsonl"
    writer, reader = LogWriter(path), LogReader(path)
    seen = 0
    began = time.monotonic()
    cpu = time.process_time()
    for second in range(4):
        for number in range(5000):
            writer.write(f"line {second * 5000 + number}: compiled, packaged, uploaded, and so on and so forth")
            if number % 500 == 0:
                seen += len(reader.poll())
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
    writer.close()
    while lines := reader.poll():
        seen += len(lines)
    spent = time.process_time() - cpu
    say(f"\nLogs: 20,000 lines at 5,000 a second: {seen:,} followed, {spent / 4:.0%} of one core")
