"""A command that stands ready and is given one job after another, behind the same fence as any other.

What passes between: output lines on stdout, as always; jobs and their ends on a socket of their own, one JSON
object a line. A job that is cancelled or takes too long ends the whole process, and so does closing it.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seed.work.runner.command import Command, Ending, Exit
from seed.work.runner.disk import MB
from seed.work.runner.limits import Guard
from seed.work.runner.lines import CHUNK, TICK, Lines

START_SECONDS = 60.0
MOST_MESSAGE = 65_536
MOST_CHUNKS = 64


class Standing:
    """One process. `again` says whether it can take another job; it is used by one thread at a time."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        control: socket.socket,
        own: Path,
        env: Callable[..., dict[str, str]],
        guard: Guard,
    ) -> None:
        self._process, self._control, self._own, self._env = process, control, own, env
        self._guard, self._reason = guard, ""
        self._ready: bool | None = None
        self._heard = b""
        self._lock = threading.Lock()
        self._at_work, self._used, self._closed = False, False, False
        self.again = True
        assert process.stdout is not None  # noqa: S101, PIPE
        self._stdout = process.stdout
        os.set_blocking(self._stdout.fileno(), False)
        control.setblocking(False)

    def ready(self, cancelled: Callable[[], bool]) -> bool:
        """Waits until it is; False where it cannot be had (then not `again`), or nobody waits any more.

        One that was killed while it stood (by the kernel, for its memory) cannot be had either.
        """
        if self._ready is None:
            ending, told = self._hear(time.monotonic() + START_SECONDS, lambda _line: None, cancelled)
            if ending == "cancelled":
                return False
            self._ready = self.again = bool(told and told.get("ready") is True)
        if self._process.poll() is not None:
            self._ready = self.again = False
        return self._ready

    def run(self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool]) -> Exit:
        """The job of `command`, whose first two arguments are what this process is already."""
        with self._lock:
            self._at_work = self._used = True
        try:
            return self._run(command, on_line, cancelled)
        finally:
            with self._lock:
                self._at_work = False

    def look(self) -> bool:
        """Ends it where what a job left in it goes over a limit while no job runs. False: it is over."""
        with self._lock:
            idle = self._used and not self._at_work and not self._closed
            if idle and self._process.poll() is None and self._guard.over():
                self._end()
            return not self._closed

    def _run(self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool]) -> Exit:
        began = time.monotonic()
        job = {"cwd": str(command.cwd), "argv": command.argv[2:], "env": self._env(command)}
        self._send(job)
        ending, told = self._hear(began + command.timeout, on_line, cancelled)
        if told is None:
            code = self._process.wait() if ending == "exited" else None
            return self._ended(ending, code, began)
        self.again = told.get("again") is True
        code = told.get("code")
        return Exit("exited", code if isinstance(code, int) else 1, time.monotonic() - began)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end()
        self._process.wait()
        self._guard.close()
        self._control.close()
        self._stdout.close()
        shutil.rmtree(self._own, ignore_errors=True)

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _ended(self, ending: Ending, code: int | None, began: float) -> Exit:
        self.again = False
        if code is not None and code < 0:
            ending, code = "killed", None
        return Exit(ending, code, time.monotonic() - began, self._reason)

    def _send(self, job: Mapping[str, object]) -> None:
        self._control.setblocking(True)
        with contextlib.suppress(OSError):  # it has ended: hearing tells
            self._control.sendall(json.dumps(job).encode() + b"\n")
        self._control.setblocking(False)

    def _hear(
        self, deadline: float, on_line: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> tuple[Ending, dict[str, Any] | None]:
        """Until a message comes or the process ends; what it wrote before that is passed on."""
        lines = Lines(on_line, self._guard.limits.output_mb * MB)
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._control, selectors.EVENT_READ)
            while True:
                if cancelled():
                    return "cancelled", None
                if time.monotonic() > deadline:
                    return "timeout", None
                self._reason = self._guard.over()
                if self._reason:
                    return "limit", None
                ready = {key.fileobj for key, _ in selector.select(TICK)}
                message = self._message() if self._control in ready else None
                over = self._drain(lines) if self._stdout in ready or message is not None else False
                if over or message is not None or self._process.poll() is not None:
                    self._drain(lines)
                    lines.end()
                    return "exited", message

    def _drain(self, lines: Lines) -> bool:
        """All that lies in the pipe. True at its end."""
        for _ in range(MOST_CHUNKS):  # one that writes without end must not keep us from looking at the clock
            chunk = self._stdout.read(CHUNK)
            if not chunk:
                return chunk == b""
            lines.feed(chunk)
        return False

    def _message(self) -> dict[str, Any] | None:
        with contextlib.suppress(OSError):
            self._heard += self._control.recv(MOST_MESSAGE)
        line, newline, rest = self._heard.partition(b"\n")
        if not newline:
            return None
        self._heard = rest
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        return told if isinstance(told, dict) else {}
