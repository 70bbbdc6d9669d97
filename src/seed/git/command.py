"""Run git: a list of arguments, a clean environment, no prompts, no hooks, no foreign configuration."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from seed.git.errors import RepositoryNotReadable
from seed.git.url import masked

TIMEOUT = 600.0
SAFE = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "protocol.ext.allow=never",
    "-c", "protocol.file.allow=always",
    "-c", "safe.directory=*",
    "-c", "gc.auto=0",
    "-c", "advice.detachedHead=false",
)  # fmt: skip


class GitFailed(Exception):
    """git exited with an error; `said` are its own words, without credentials."""

    def __init__(self, said: str, out: bytes = b"") -> None:
        super().__init__(said)
        self.said, self.out = said, out


def git(
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    timeout: float = TIMEOUT,
    more: Mapping[str, str] | None = None,
) -> str:
    return git_bytes(arguments, cwd=cwd, timeout=timeout, more=more).decode(errors="replace")


def git_bytes(
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    timeout: float = TIMEOUT,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """`more` goes into git's environment."""
    process = subprocess.Popen(
        ("git", *SAFE, *arguments),
        cwd=cwd,
        env={**environment(), **(more or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise RepositoryNotReadable(
            f"Git did not finish within {timeout:g} seconds.", hint="Is the repository's host reachable?"
        ) from None
    if process.returncode != 0:
        raise GitFailed(masked(err.decode(errors="replace").strip()), out)
    return out


def environment() -> dict[str, str]:
    """What git needs and nothing of ours: PATH and HOME (for ssh keys)."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK") if name in os.environ}
    return {
        **kept,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ASKPASS": "/bin/false",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new",
        "LC_ALL": "C",
    }
