"""The server's start and stop, and a command of the CLI."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from tests.support.waiting import eventually

from scripts.bench.report import say, timed


def starts(folder: Path) -> None:
    """From starting the server to its first page; and a CLI command against it."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "seed.cli.main", "serve", "--data", str(folder / "start"), "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    eventually(lambda: _answers(f"http://127.0.0.1:{port}/sign-in"), "the first page", 60)
    first = time.monotonic() - began
    environment |= {"SEED_URL": f"http://127.0.0.1:{port}"}
    version = [sys.executable, "-m", "seed.cli.main", "account", "list"]
    cli = min(
        timed(lambda: subprocess.run(version, env=environment, check=False, capture_output=True)) for _ in range(5)
    )
    process.terminate()
    stop = timed(process.wait)
    say(f"\nServer start to first page: {first:.2f} s (target: under 3); stop: {stop:.2f} s (target: under 5)")
    say(f"A CLI command, whole process: {cli * 1000:.0f} ms (target: under 200)")


def _answers(url: str) -> bool:
    try:
        return bool(httpx2.get(url, timeout=2, trust_env=False).is_success)
    except httpx2.HTTPError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
