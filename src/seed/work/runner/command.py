"""A command as data: what the runner needs to know to run other people's code safely.

The environment is whole: nothing of the server's own environment is ever added to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Ending = Literal["exited", "timeout", "cancelled", "killed", "limit"]


@dataclass(frozen=True, slots=True)
class Command:
    """One program to run. `argv` is never a shell string; `timeout` is in seconds."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    writable: tuple[Path, ...] = ()
    """Folders it may write, besides a HOME and a TMPDIR that the runner makes for it."""
    readable: tuple[Path, ...] = ()
    """Folders it may read, besides the system's programs and `writable`."""
    timeout: float = 900.0
    network: bool = True
    """As far as the runner's own setting goes; False: none at all."""
    background: bool = False
    """Gives way to other work on the machine."""
    home: Path | None = None
    """A HOME to use and keep, instead of a fresh one. Only for commands of our own."""
    build: Path | None = None
    """The checkout of the build it belongs to: all commands of one checkout share what they may add to the disk."""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a command ended. `code` is None unless it exited by itself."""

    ending: Ending
    code: int | None
    seconds: float
    reason: str = ""
    """Which limit it went over, as a sentence."""

    @property
    def ok(self) -> bool:
        return self.ending == "exited" and self.code == 0


class Runs(Protocol):
    """Runs a command to its end, or until `cancelled()` answers True; leaves no process behind. What the command wrote
    to the folders that it may write is there when it has ended, however it ended.
    """

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit: ...


class Stands(Protocol):
    """A command that waits for jobs. `again` says whether it can take another one."""

    again: bool

    def ready(self, cancelled: Callable[[], bool]) -> bool: ...
    def run(self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool]) -> Exit: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Executor:
    """What there is to know of where commands run."""

    name: str
    sandboxed: bool
    stands: bool
    """Whether a command can be kept there that waits for jobs."""
    network: str = "all"
    """What a command that has a network reaches, in the words of SEED_BUILD_NETWORK."""
    note: str = ""
    """What a person must know who has not asked for it to be so, as a sentence."""


class Runner(Runs, Protocol):
    """Where the commands of builds run: the executor port. ADR 10 tells what another adapter needs."""

    def stand(self, command: Command) -> Stands:
        """Only asked where `describe()` says that it can."""
        ...

    def describe(self) -> Executor: ...
