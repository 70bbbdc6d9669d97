"""An executor on another machine, as far as a test needs one: nothing is shared, folders are copied in and out.

The other machine is a folder; inside of the fence the copies lie where the originals lie outside, as a volume of a
container would.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from seed.work.runner import Command, Executor, Exit, LocalRunner, Stands
from seed.work.runner.sandbox import bubblewrap, fenced


class RemoteRunner:
    """Implements `Runner`. It keeps no command that waits for jobs."""

    def __init__(self, machine: Path) -> None:
        self._machine = machine
        self._beneath = LocalRunner(machine / "runs", sandbox="none")

    def describe(self) -> Executor:
        return Executor("another machine", sandboxed=True, stands=False)

    def stand(self, command: Command) -> Stands:
        raise NotImplementedError(command.argv)

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        self._machine.mkdir(exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=self._machine))
        home, temporary = command.home or own / "home", own / "tmp"
        there = {path: own / str(number) for number, path in enumerate((*command.writable, home, temporary))}
        for path, copy in there.items():
            if path.is_dir():
                shutil.copytree(path, copy, symlinks=True)
            else:
                copy.mkdir()
        argv = _moved(fenced(bubblewrap() or (), command, home, temporary), there, temporary)
        ended = self._beneath.run(replace(command, argv=tuple(argv), cwd=own, home=home), on_line, cancelled)
        for path, copy in there.items():
            if path.is_dir():
                shutil.rmtree(path)
                shutil.copytree(copy, path, symlinks=True)
        shutil.rmtree(own)
        return ended


def _moved(argv: list[str], there: dict[Path, Path], temporary: Path) -> list[str]:
    """What is bound to be written comes from the copies; TMPDIR names the one of the other machine."""
    for at, word in enumerate(argv):
        if word == "--bind":
            argv[at + 1] = str(there[Path(argv[at + 1])])
    end = argv.index("--chdir")
    return [*argv[:end], "--setenv", "TMPDIR", str(temporary), *argv[end:]]
