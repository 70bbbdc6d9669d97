"""Start the local AWS, wait until it answers, start it again when it dies, stop it with the server."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from seed.aws.errors import LocalAwsDown

Fence = Callable[[Sequence[str], Path], list[str]]
"""Arguments that run these arguments where nothing but the folder may be written."""
START_SECONDS = 20.0
STOP_SECONDS = 3.0
BACKOFF = (0.2, 5.0)
HEALTH = "/_ministack/health"
log = structlog.get_logger(__name__)


class LocalAws:
    """One MiniStack. Its port is kept in its folder, so that stacks' URLs stay good across restarts.

    It runs functions, which is other people's code, as processes of its own: so it stands behind `fence`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        node_path: Path | None = None,
        port: int | None = None,
        journal: Path | None = None,
        fence: Fence | None = None,
    ) -> None:
        self._folder = folder
        self._node_path = node_path
        self._journal = journal
        self._fence = fence
        self._port = port or _remembered(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._up = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns once it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # One thread starts and watches it: the child dies with the thread that made it, which lives as
        # long as the server does.
        self._thread = threading.Thread(target=self._keep, name="local-aws", daemon=True)
        self._thread.start()
        if not self._up.wait(START_SECONDS):
            self.stop()
            raise LocalAwsDown(
                f"The local AWS did not answer within {START_SECONDS:g} seconds.",
                hint=f"Its output is in {self._folder.name}/output.log; or start with --aws none.",
            )

    def healthy(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(urllib.request.urlopen(self.endpoint + HEALTH, timeout=1).status == 200)  # noqa: S310, PLR2004, our own address
        return False

    def stop(self) -> None:
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            _close(process)  # a signal would not get through the fence
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _keep(self) -> None:
        pause, longest = BACKOFF
        while not self._stopping.is_set():
            self._port = self._port if _free(self._port) else _any_port()
            (self._folder / "port").write_text(str(self._port))
            self._process = self._launch()
            self._wait_healthy(self._process)
            code = self._process.wait()
            _close(self._process)
            self._up.clear()
            if self._stopping.is_set():
                return
            log.warning("the local AWS ended and is started again", code=code)
            self._stopping.wait(pause)
            pause = min(pause * 2, longest)

    def _launch(self) -> subprocess.Popen[bytes]:
        arguments = [
            sys.executable, "-m", "seed.aws.local.runner",
            "--folder", str(self._folder),
            "--port", str(self._port),
            "--until-eof",
        ]  # fmt: skip
        if self._node_path is not None:
            arguments += ["--node-path", str(self._node_path)]
        if self._journal is not None:
            arguments += ["--journal", str(self._journal)]
        # The kernel ends what is fenced with the thread that started it.
        arguments = self._fence(arguments, self._folder) if self._fence else [*arguments, "--parent", str(os.getpid())]
        with (self._folder / "output.log").open("wb") as output:
            return subprocess.Popen(
                arguments,
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "HOME": str(self._folder),
                    "LANG": "C.UTF-8",
                },
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline and not self._stopping.is_set():
            if self.healthy():
                self._up.set()
                return
            self._stopping.wait(0.03)


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _remembered(folder: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int((folder / "port").read_text())
    return _any_port()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
