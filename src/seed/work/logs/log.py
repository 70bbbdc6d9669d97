"""The log of one job: a file of JSON lines, written while the job runs and followed while it is written.

A line is `{"n": 17, "t": "2026-11-23T10:00:00.123Z", "s": "package", "x": "text"}`. A torn last line, left
by a crash, is cut off when the log is opened again, and numbering goes on.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from seed.errors import SeedError
from seed.masking import Masker

TAIL_BLOCK = 262_144
MB = 1024 * 1024
MOST = 64 * MB
server_log = structlog.get_logger(__name__)


class LogNotWritable(SeedError):
    """The log's file cannot be written: the disk is full, or the folder is not ours."""

    code = "log-not-writable"


@dataclass(frozen=True, slots=True)
class LogLine:
    number: int
    at: str
    step: str
    text: str


class Room:
    """What several logs may have together, in bytes."""

    def __init__(self, most: int, used: int = 0) -> None:
        self.most, self._left = most, most - used
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Whether there is some left."""
        with self._lock:
            self._left -= size
            return self._left > 0


class LogWriter:
    """Appends; safe for several threads. Losing the log never loses the job: it is told once and goes on.

    `most` is in bytes: when the file has as many, or `room` has none left, the log says so once, and keeps only what
    Seed itself tells.
    """

    def __init__(self, path: Path, mask: Sequence[str] = (), most: int = MOST, room: Room | None = None) -> None:
        self.path = path
        self.problem: LogNotWritable | None = None
        self.masked = Masker(mask)
        self._lock = threading.Lock()
        self._step = ""
        self._number = 0
        self._handle = -1
        self._room = room or Room(most)
        self._full = False
        self._most = self._left = most
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._number = _mend(path)
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._left -= os.fstat(self._handle).st_size
        except OSError as error:
            self._tell(error)

    def step(self, name: str) -> int:
        """Begin a named part; the number of its first line."""
        with self._lock:
            self._step = name
            return self._number + 1

    def write(self, text: str) -> None:
        with self._lock:
            if self._full or self._left <= 0:
                return
            before = self._left
            if self._room.take(0):
                self._write(text)
            if self._left <= 0:
                self._write(f"[the log beyond {self._most // MB} MB is dropped]")
            elif not self._room.take(before - self._left):
                self._full = True
                self._write(f"[the logs of this build beyond {self._room.most // MB} MB together are dropped]")

    def tell(self, text: str) -> None:
        """What Seed itself has to say: also where the log is full."""
        with self._lock:
            self._write(text)

    def _write(self, text: str) -> None:
        lines = []
        for line in text.split("\n"):
            self._number += 1
            lines.append(_encode(self._number, self._step, self.masked(line)))
        data = "".join(lines).encode()
        self._left -= len(data)
        if self._handle >= 0:
            self._append(data)

    def close(self) -> None:
        with self._lock:
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1

    def _append(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._handle, data) :]
        except OSError as error:
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        if self.problem is None:
            self.problem = LogNotWritable(
                f"The log cannot be written: {error.strerror}.",
                hint="Free some space in the data folder; the job itself goes on.",
                where=self.path.name,
            )
            server_log.error("a log cannot be written", file=self.path.name, error=error.strerror)


class LogReader:
    """Follows one log: each `poll` gives the lines that were added since."""

    def __init__(self, path: Path, after: int = 0) -> None:
        self._path = path
        self._after = after
        self._offset = 0
        self._rest = b""

    def poll(self, limit: int = 5000) -> list[LogLine]:
        """At most about `limit` lines; what is left comes with the next poll."""
        lines: list[LogLine] = []
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                while len(lines) < limit and (chunk := file.read(TAIL_BLOCK)):
                    self._offset += len(chunk)
                    parts = (self._rest + chunk).split(b"\n")
                    self._rest = parts.pop()
                    lines += [line for part in parts if (line := _decode(part)) and line.number > self._after]
        except FileNotFoundError:
            return []
        return lines


def read(path: Path, after: int = 0, limit: int = 5000) -> list[LogLine]:
    """The lines after number `after`, at most `limit`."""
    return LogReader(path, after).poll(limit)[:limit]


def tail(path: Path, count: int) -> list[LogLine]:
    """The last `count` lines, reading from the end."""
    try:
        with path.open("rb") as file:
            position = file.seek(0, os.SEEK_END)
            data = b""
            while position > 0 and data.count(b"\n") <= count:
                step = min(TAIL_BLOCK, position)
                position -= step
                file.seek(position)
                data = file.read(step) + data
    except FileNotFoundError:
        return []
    parts = data.split(b"\n")
    whole = parts if position == 0 else parts[1:]
    lines = [line for part in whole if (line := _decode(part))]
    return lines[-count:]


def _encode(number: int, step: str, text: str) -> str:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"n": number, "t": at, "s": step, "x": text}, ensure_ascii=False) + "\n"


def _decode(line: bytes) -> LogLine | None:
    if not line:
        return None
    try:
        raw = json.loads(line)
        return LogLine(int(raw["n"]), str(raw["t"]), str(raw["s"]), str(raw["x"]))
    except (ValueError, KeyError, TypeError):
        return None


def _mend(path: Path) -> int:
    """Cut a torn last line off; the number of the last whole one."""
    if not path.is_file():
        return 0
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - TAIL_BLOCK)
        file.seek(start)
        block = file.read()
        whole = block.rfind(b"\n") + 1
        if whole < len(block):
            file.truncate(start + whole)
    last = tail(path, 1)
    return last[0].number if last else 0
