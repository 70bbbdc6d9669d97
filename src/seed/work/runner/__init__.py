"""Running other people's commands: fenced in, timed, cancellable, and gone when their worker is gone."""

from seed.work.runner.command import Command, Ending, Exit, Runner
from seed.work.runner.local import LocalRunner, SandboxMissing
from seed.work.runner.standing import Standing

__all__ = ["Command", "Ending", "Exit", "LocalRunner", "Runner", "SandboxMissing", "Standing"]
