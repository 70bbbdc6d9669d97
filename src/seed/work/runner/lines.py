"""What a command writes, as lines that people can read, whatever it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

LONGEST_LINE = 16_384
MOST_OUTPUT = 64 * 1024 * 1024
LINE_COST = 64
"""About what each line takes in a log besides its text: millions of empty ones are a lot as well."""
CHUNK = 65_536
TICK = 0.05


class Lines:
    """Bytes in, lines out: broken UTF-8 replaced, endless lines cut, progress bars at their last state."""

    def __init__(self, on_line: Callable[[str], None], most: int = MOST_OUTPUT) -> None:
        self._on_line = on_line
        self._rest = b""
        self._most = self._left = most

    def feed(self, chunk: bytes) -> None:
        if self._left <= 0:
            return
        self._left -= len(chunk) + LINE_COST * chunk.count(b"\n")
        for line in self._split(chunk):
            self._tell(line)
        if self._left <= 0:
            self._rest = b""
            self._on_line(f"[output beyond {self._most // 1024 // 1024} MB is dropped]")

    def end(self) -> None:
        if self._rest:
            self._tell(self._rest)
            self._rest = b""

    def _split(self, chunk: bytes) -> Iterator[bytes]:
        parts = (self._rest + chunk).split(b"\n")
        self._rest = parts.pop()
        yield from parts
        if len(self._rest) > LONGEST_LINE:
            yield self._rest
            self._rest = b""

    def _tell(self, line: bytes) -> None:
        text = line.rstrip(b"\r").rsplit(b"\r", 1)[-1].decode(errors="replace")
        cut = len(text) > LONGEST_LINE
        self._on_line(text[:LONGEST_LINE] + " […]" if cut else text)
