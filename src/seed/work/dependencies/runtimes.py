"""Which node and python a service is built with: what is asked for, what the server has, and the choice.

`runtime` in the build spec is an order: where the server does not have it, the build fails and says what is there.
The files of version managers are wishes that many repositories have outgrown: the nearest version is taken, and the
log says so. Finding is I/O; choosing is not.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from seed.errors import Invalid
from seed.spec import FILE, Runtime
from seed.work.dependencies.version_files import Asked, asked_by_files
from seed.work.runner import Command, Exit, Runs
from seed.work.runner.local import usual_path

PLACES = {
    "node": (
        ("NVM_DIR", ".nvm", "versions/node/*"),
        ("ASDF_DATA_DIR", ".asdf", "installs/nodejs/*"),
        ("MISE_DATA_DIR", ".local/share/mise", "installs/node/*"),
        ("FNM_DIR", ".local/share/fnm", "node-versions/*/installation"),
        ("NODENV_ROOT", ".nodenv", "versions/*"),
    ),
    "python": (
        ("PYENV_ROOT", ".pyenv", "versions/*"),
        ("ASDF_DATA_DIR", ".asdf", "installs/python/*"),
        ("MISE_DATA_DIR", ".local/share/mise", "installs/python/*"),
    ),
}
"""The variable that moves a version manager, its usual folder below HOME, and where its versions lie."""
PROGRAM = {"node": "node", "python": "python3"}
LINE = {"node": 1, "python": 2}
"""How many parts of a version are one line, within which code goes on working."""
VERSION = re.compile(r"v?([0-9]+(?:\.[0-9]+)+)")
ASK_SECONDS = 30.0
MOST_TOLD = 12


class RuntimeMissing(Invalid):
    """The build spec asks for a version of node or python that the server does not have."""

    code = "runtime-missing"


@dataclass(frozen=True, slots=True)
class Installed:
    """`root` holds `bin`; None is what commands find by themselves."""

    name: str
    version: str
    root: Path | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a service's commands find first. Empty: whatever the host has."""

    roots: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    """For the log."""

    def on(self, command: Command) -> Command:
        """A hook that has exported a PATH has found the choice in it, and may have put something before it."""
        if not self.roots:
            return command
        env = dict(command.env)
        env.setdefault("PATH", ":".join([*(str(root / "bin") for root in self.roots), usual_path()]))
        return replace(command, env=env, readable=(*command.readable, *self.roots))


USUAL = Chosen()


@dataclass(frozen=True, slots=True)
class Picked:
    """A runner whose commands find the chosen versions."""

    runner: Runs
    chosen: Chosen

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        return self.runner.run(self.chosen.on(command), on_line, cancelled)


def choose(asked: Iterable[Asked], installed: Sequence[Installed]) -> Chosen:
    """The host's own version where it fits, or else the newest that does."""
    roots, notes = [], []
    for one in asked:
        found = _fitting(one, installed)
        if found is None and one.firm:
            raise _missing(one, installed)
        if found is None:
            notes.append(
                f"{one.where} asks for {one.name} {one.version}; the server does not have it: {one.name} as usual"
            )
            continue
        outgrown = "" if _fits(found.version, one.version) else f", the nearest to {one.version}"
        notes.append(f"{one.name} {found.version}, as {one.where} asks{outgrown}")
        if found.root is not None:
            roots.append(found.root)
    return Chosen(tuple(roots), tuple(notes))


def asked_of(tree: Path, service_path: str, runtime: Runtime, service: str) -> list[Asked]:
    """By the build spec, or else by the file nearest to the service."""
    ordered = {"node": runtime.node, "python": runtime.python}
    firm = [Asked(name, version, FILE, firm=True, service=service) for name, version in ordered.items() if version]
    named = {one.name for one in firm}
    return [*firm, *(one for one in asked_by_files(tree, service_path) if one.name not in named)]


@dataclass
class Runtimes:
    """What the server has. Versions of managers are looked for each time: one may be added while it runs."""

    home: Path = field(default_factory=Path.home)
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _usual: list[Installed] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self, asked: Sequence[Asked], runner: Runs, folder: Path) -> Chosen:
        """`folder` is where the host's own programs are asked for their versions."""
        return choose(asked, [*self.usual(runner, folder), *self.managed()]) if asked else USUAL

    def usual(self, runner: Runs, folder: Path) -> list[Installed]:
        with self._lock:
            if self._usual is None:
                folder.mkdir(parents=True, exist_ok=True)
                found = [(name, _version(runner, program, folder)) for name, program in PROGRAM.items()]
                self._usual = [Installed(name, version) for name, version in found if version]
            return self._usual

    def managed(self) -> list[Installed]:
        found = {}
        for name, places in PLACES.items():
            for variable, usual, pattern in places:
                top = Path(self.env.get(variable) or self.home / usual)
                for place in top.glob(pattern):
                    told = place.parent.name if place.name == "installation" else place.name
                    version, root = VERSION.fullmatch(told), place.resolve()
                    if version and os.access(root / "bin" / PROGRAM[name], os.X_OK):
                        found[name, root] = Installed(name, version[1], root)
        return list(found.values())


def _fitting(asked: Asked, installed: Sequence[Installed]) -> Installed | None:
    of_it = [one for one in installed if one.name == asked.name]
    fit = [one for one in of_it if _fits(one.version, asked.version)]
    if not fit and not asked.firm:
        line = ".".join(asked.version.split(".")[: LINE[asked.name]])
        fit = [one for one in of_it if _fits(one.version, line)]
    return max(fit, key=lambda one: (one.root is None, _parts(one.version)), default=None)


def _fits(version: str, wanted: str) -> bool:
    parts = _parts(wanted)
    return _parts(version)[: len(parts)] == parts


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _missing(asked: Asked, installed: Sequence[Installed]) -> RuntimeMissing:
    there = sorted({one.version for one in installed if one.name == asked.name}, key=_parts, reverse=True)
    more = f" and {len(there) - MOST_TOLD} more" if len(there) > MOST_TOLD else ""
    return RuntimeMissing(
        f"{asked.service or 'A service'} asks for {asked.name} {asked.version}, which the server does not have. "
        f"It has {asked.name} {', '.join(there[:MOST_TOLD])}{more}." if there else
        f"{asked.service or 'A service'} asks for {asked.name} {asked.version}; the server has no {asked.name} at all.",
        hint="Ask for one that is there by `runtime`, or install it for the user that runs Seed: mise, asdf, "
        f"{'nvm or fnm' if asked.name == 'node' else 'or pyenv'}. It is found without a restart.",
        where=asked.where,
    )  # fmt: skip


def _version(runner: Runs, program: str, folder: Path) -> str:
    said: list[str] = []
    command = Command((program, "--version"), folder, readable=(folder,), timeout=ASK_SECONDS)
    try:
        ended = runner.run(command, said.append)
    except Exception:  # noqa: BLE001, it is not there
        return ""
    found = VERSION.search(" ".join(said))
    return found[1] if ended.ok and found else ""
