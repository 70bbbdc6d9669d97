"""Running other people's commands: fenced in, timed, cancellable, and gone when their worker is gone."""

from seed.work.runner.command import Command, Ending, Exit, Runner
from seed.work.runner.limits import LimitReached, Limits
from seed.work.runner.local import LocalRunner, SandboxMissing
from seed.work.runner.standing import Standing

__all__ = ["Command", "Ending", "Exit", "LimitReached", "Limits", "LocalRunner", "Runner", "SandboxMissing", "Standing"]
