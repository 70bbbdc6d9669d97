"""Running other people's commands: fenced in, timed, cancellable, and gone when their worker is gone."""

from seed.work.runner.command import Command, Ending, Executor, Exit, Runner, Runs, Stands
from seed.work.runner.limits import LimitReached, Limits
from seed.work.runner.local import LocalRunner, NetworkNotClosed, SandboxMissing
from seed.work.runner.network.notes import each_note_once, is_note
from seed.work.runner.network.setting import Network
from seed.work.runner.standing import Standing

__all__ = [
    "Command",
    "Ending",
    "Executor",
    "Exit",
    "LimitReached",
    "Limits",
    "LocalRunner",
    "Network",
    "NetworkNotClosed",
    "Runner",
    "Runs",
    "SandboxMissing",
    "Standing",
    "Stands",
    "each_note_once",
    "is_note",
]
