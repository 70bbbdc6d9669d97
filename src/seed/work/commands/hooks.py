"""Run a build spec's hooks: each command in a shell of its own, at the repository's root, behind the fence.

What passes from one command to the next: the files of the checkout, HOME, and what was written to the file that
BASH_ENV names, which bash reads before each command. Its exports reach installation and packaging too.
"""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from seed.apps.records import App, Service
from seed.errors import Cancelled, SeedError
from seed.frameworks.serverless import last_words
from seed.spec import FILE, BuildSpec, Hook, SpecNotReadable, parse
from seed.work.dependencies.runtimes import USUAL, Chosen, Picked, asked_of
from seed.work.packaging.packagers import Workbench
from seed.work.runner import Command, Exit, LimitReached, Runs
from seed.work.source.checkout import LONGER, Heard, Job, Terms, spoken, synced
from seed.work.world import World

SHELL = ("bash", "-c")
EXPORTS = 'env -0 > "$1/before"; . "$1/bash_env"; env -0 > "$1/after"'
EXPORT_SECONDS = 30.0
MOST_EXPORTS = 1_000_000
NOT_CARRIED = frozenset({"_", "PWD", "OLDPWD", "SHLVL", "HOME", "TMPDIR", "BASH_ENV"})
TOLD = 200
Stepped = Callable[[str], AbstractContextManager[None]]


class HookFailed(SeedError):
    """A command of the build spec did not end well."""

    code = "hook-failed"
    status = 422


def read_spec(world: World, app: App, commit: str) -> BuildSpec:
    """As it stands in the commit. None there: an empty one."""
    text = synced(world, app, commit).read_files(commit, [FILE]).get(FILE, "")
    if text is None:
        raise SpecNotReadable(
            f"{FILE} is a link or a repository of its own.", hint="Commit it as a plain file.", where=FILE
        )
    return parse(text)


@dataclass(frozen=True, slots=True)
class Shell:
    """Where one service's commands run. `home` and `carried` are kept between them; nothing else holds them."""

    tree: Path
    folder: Path
    env: Mapping[str, str]
    timeout: float
    chosen: Chosen = USUAL

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def carried(self) -> Path:
        return self.folder / "carried"

    def command(self, *argv: str, timeout: float | None = None, **more: str) -> Command:
        # The folders that are bound, never the one above them: nothing inside could put a link in their place.
        command = Command(
            argv=argv,
            cwd=self.tree,
            env={**self.env, **more},
            writable=(self.tree, self.carried),
            timeout=timeout or self.timeout,
            home=self.home,
            build=self.tree,
        )
        return self.chosen.on(command)


class Hooks:
    """The hooks of one build for one stage. `environment` answers the variables that a service's commands get."""

    def __init__(
        self,
        world: World,
        spec: BuildSpec,
        tree: Path,
        folder: Path,
        environment: Callable[[Service], dict[str, str]],
        services: Iterable[Service] = (),
    ) -> None:
        self.spec = spec
        self.services = {service.id: service for service in services}
        self.tree, self.folder = tree, folder
        self._world, self._environment = world, environment
        self._before_first: Callable[[Job], None] | None = None
        self._after_last: Callable[[], None] | None = None
        self._bench: Workbench | None = None
        self._lock = threading.RLock()
        self._chosen: dict[int, Chosen] = {}

    def bring_files(self, bring: Callable[[Job], None], forget: Callable[[], None] | None = None) -> None:
        """Files that nobody has checked out: brought once, before the first command of any hook; forgotten on close."""
        self._before_first, self._after_last = bring, forget

    def at(self, bench: Workbench) -> None:
        """The files lie on a bench: its packagers do the framework's own commands."""
        self._bench = bench

    @property
    def scratch(self) -> Path:
        """Where the framework's own commands may have folders."""
        return self._bench.folder if self._bench else self.folder

    def picked(self, chosen: Chosen) -> Runs:
        """What runs the framework's own commands."""
        return self._bench.picked(chosen) if self._bench else Picked(self._world.runner, chosen)

    def wanted(self, service: Service, *hooks: Hook) -> bool:
        return any(self.spec.service(service.name).commands(hook) for hook in hooks)

    def run(self, hook: Hook, service: Service, job: Job, stepped: Stepped) -> None:
        """Each command in its order. The first that does not end well ends the hook."""
        commands = self.spec.service(service.name).commands(hook)
        if not commands:
            return
        with stepped(hook):
            self.begin(job)
            shell = self.shell(service)
            for command in commands:
                run_command(self._world, shell, command, job, hook)

    def shell(self, service: Service) -> Shell:
        folder = self.folder / str(service.id)
        shell = shell_in(self._world, self.tree, folder, self.variables(service), self.seconds(service))
        return replace(shell, chosen=self.chosen(service))

    def chosen(self, service: Service) -> Chosen:
        """The runtimes of this service. Asked for only where its files are checked out."""
        with self._lock:
            if service.id not in self._chosen:
                wanted = self.spec.service(service.name).runtime
                asked = asked_of(self.tree, service.path, wanted, service.name)
                folder = self._world.folders.work / "versions"
                self._chosen[service.id] = self._world.runtimes.choose(asked, self._world.runner, folder)
            return self._chosen[service.id]

    def variables(self, service: Service) -> dict[str, str]:
        return {**self.spec.service(service.name).environment, **self._environment(service)}

    def environment(self, service: Service, job: Job) -> dict[str, str]:
        """For everything that is no hook: the variables, and what hooks have exported."""
        given = self.variables(service)
        carried = self.folder / str(service.id) / "carried" / "bash_env"
        if not _written(carried):
            return given
        return {**given, **exported(self._world, self.shell(service), job)}

    def terms(self, service: Service, job: Job) -> Terms:
        """On which a service is installed and packaged."""
        return Terms(self.environment(service, job), self.chosen(service), self.seconds(service))

    def seconds(self, service: Service) -> float:
        """How long one command of it may take."""
        highest = self._world.settings.build_minutes * 60
        return min(self.spec.service(service.name).timeout or highest, highest)

    def begin(self, job: Job) -> None:
        with self._lock:
            first, self._before_first = self._before_first, None
            if first is not None:
                try:
                    first(job)
                except BaseException:  # the next one that asks finds no files either
                    self._before_first = first
                    raise

    def close(self) -> None:
        if self._after_last is not None:
            self._after_last()
        shutil.rmtree(self.folder, ignore_errors=True)


def shell_in(world: World, tree: Path, folder: Path, env: Mapping[str, str], timeout: float = float("inf")) -> Shell:
    """The folder is made where it is missing; begun again, it goes on with what was carried."""
    seconds = min(timeout, world.settings.build_minutes * 60)
    shell = Shell(tree, folder, env, seconds)
    shell.home.mkdir(parents=True, exist_ok=True)
    shell.carried.mkdir(exist_ok=True)
    return shell


def run_command(world: World, shell: Shell, command: str, job: Job, what: str) -> None:
    job.say(f"$ {command}")
    asked = shell.command(*SHELL, command, BASH_ENV=str(shell.carried / "bash_env"))
    heard = Heard(job)
    ended = world.runner.run(asked, heard, job.cancelled)
    must_end_well(shell, ended, command, job, what, heard)


def must_end_well(shell: Shell, ended: Exit, command: str, job: Job, what: str, heard: Heard | None = None) -> None:
    """Raises where it did not: with what the command itself said in front."""
    if ended.ending == "cancelled" or job.cancelled():
        raise Cancelled("Cancelled while it ran.")
    told = command if len(command) <= TOLD else f"{command[:TOLD]} […]"
    if ended.ending == "timeout":
        raise HookFailed(
            f"{what}: `{told}` did not end within {spoken(shell.timeout)} and was stopped.",
            hint=f"{LONGER} Nobody answers a command that asks.",
        )
    if ended.ending == "limit":
        raise LimitReached(f"{what}: `{told}` was stopped. {ended.reason}", where=FILE)
    if not ended.ok:
        how = f"ended with {ended.code}" if ended.code is not None else "was killed"
        said = last_words(heard.lines) if heard else ""
        raise HookFailed(
            f"{said} {what}: `{told}` {how}.".lstrip(), hint="What it said stands in the log above.", where=FILE
        )


def exported(world: World, shell: Shell, job: Job) -> dict[str, str]:
    """What the file that BASH_ENV names makes of the environment. SEED_* stay what they are."""
    for name in ("before", "after"):
        (shell.carried / name).unlink(missing_ok=True)
    ended = world.runner.run(
        shell.command(*SHELL, EXPORTS, "exports", str(shell.carried), timeout=EXPORT_SECONDS), job.say, job.cancelled
    )
    after = _variables(shell.carried / "after") if ended.ok else None
    if after is None:
        raise HookFailed(
            "What the hooks wrote to the file of BASH_ENV cannot be read by bash.",
            hint='Write lines such as: echo "export NAME=value" >> "$BASH_ENV"',
            where=FILE,
        )
    before = _variables(shell.carried / "before") or {}
    return {
        name: value
        for name, value in after.items()
        if before.get(name) != value and name not in NOT_CARRIED and not name.startswith("SEED_")
    }


def _variables(path: Path) -> dict[str, str] | None:
    """A build wrote this file: a link, a pipe or a giant in its place is not read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        data = file.read(MOST_EXPORTS + 1)
    if len(data) > MOST_EXPORTS:
        return None
    pairs = (entry.decode(errors="replace").partition("=") for entry in data.split(b"\0") if b"=" in entry)
    return {name: value for name, _, value in pairs}


def _written(path: Path) -> bool:
    try:
        return path.lstat().st_size > 0
    except OSError:
        return False
