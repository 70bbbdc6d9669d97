"""The source of a build: the commit's files, with its dependencies installed."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from seed.apps.records import App, Service
from seed.errors import Cancelled
from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import InstallFailed
from seed.frameworks.serverless import InstallStep, install_steps
from seed.git import Mirror
from seed.work.dependencies.dependency_cache import Keeper
from seed.work.dependencies.dependency_key import recipe
from seed.work.dependencies.install_failed import install_failed
from seed.work.dependencies.runtimes import Chosen, Picked
from seed.work.packaging.packagers import Workbench
from seed.work.runner import Exit, LimitReached, each_note_once
from seed.work.world import World

LAST = 2000
"""Lines of a command that are looked through for what it says of its failure."""
LONGER = "`timeout` in seed.yml sets the limit, SEED_BUILD_MINUTES the highest."
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Job:
    """What a part of a build speaks through: its log, and whether it shall stop."""

    say: Callable[[str], None]
    cancelled: Callable[[], bool]
    masked: Callable[[str], str] = str
    """Text as it may be shown."""


class Heard:
    """Passes each line of a command on, and keeps the last ones as they may be shown."""

    def __init__(self, job: Job) -> None:
        self.lines: deque[str] = deque(maxlen=LAST)
        self._job = job

    def __call__(self, line: str) -> None:
        self.lines.append(self._job.masked(line))
        self._job.say(line)


@dataclass(frozen=True, slots=True)
class Terms:
    """On which a service's dependencies are installed and its package is made."""

    env: Mapping[str, str]
    chosen: Chosen
    seconds: float
    """For each command."""


def check_out(
    world: World, app: App, commit: str, to: Path, say: Callable[[str], None] | None = None, *, force: bool = False
) -> None:
    """`force`: from a new clone of the repository. What is cloned anew is said."""
    mirror = world.mirror(app)
    mirror.hear += [say] if say else []
    if force:
        mirror.renew("asked for by force")
    _fetch(mirror, commit).checkout(commit, to)


def synced(world: World, app: App, commit: str) -> Mirror:
    """The mirror with the commit in it: fetched only where it is not there yet."""
    return _fetch(world.mirror(app), commit)


def _fetch(mirror: Mirror, commit: str) -> Mirror:
    if not (mirror.folder / "HEAD").exists() or not mirror.contains(commit):
        mirror.sync()
    return mirror


def install(
    world: World, tree: Path, services: Sequence[Service], job: Job, terms: Callable[[Service], Terms], *,
    force: bool = False,
) -> None:  # fmt: skip
    """The dependencies of every folder on the way to a service, from the root down. `force`: nothing is taken
    from the cache. A folder of several services is installed on the terms of the first.
    """
    scope = f"app {services[0].app_id}" if services else ""
    job = replace(job, say=each_note_once(job.say))
    steps: dict[InstallStep, Terms] = {}
    for service in services:
        new = [step for step in install_steps(tree, service.path) if step not in steps]
        steps |= dict.fromkeys(new, terms(service)) if new else {}
    # A folder's dependencies before those of the folders below it; folders of one depth side by side.
    ordered = sorted(steps, key=_depth)
    for _, group in groupby(ordered, _depth):
        with ThreadPoolExecutor(world.settings.services_at_once) as pool:
            todo = [(step, steps[step]) for step in group]
            list(pool.map(lambda one: _install(world, tree, one[0], one[1], job, scope, force=force), todo))


def _depth(step: InstallStep) -> int:
    return len(Path(step.folder).parts)


def copy_installed(tree: Path, to: Path) -> None:
    """A second checkout for another stage: dependencies are linked: builds only read them."""

    def copy(source: str, target: str) -> str:
        if "/node_modules/" in source:
            Path(target).hardlink_to(source)
            return target
        return str(shutil.copy2(source, target))

    shutil.rmtree(to, ignore_errors=True)
    skipped = shutil.ignore_patterns(".serverless")
    shutil.copytree(tree, to, symlinks=True, copy_function=copy, ignore=skipped)


def remove(tree: Path) -> None:
    """A checkout; where it is a link to a bench, the bench's folder too."""
    if tree.is_symlink():
        shutil.rmtree(tree.resolve().parent, ignore_errors=True)
        tree.unlink(missing_ok=True)
        return
    shutil.rmtree(tree, ignore_errors=True)


def link_to(bench: Workbench, checkout: Path) -> None:
    """The build's checkout lies on the bench: whoever looks for it by the build's name finds it."""
    remove(checkout)
    checkout.symlink_to(bench.tree)


def found(service: Service) -> FoundService:
    return FoundService(service.path, service.config, service.name, service.framework)


def spoken(seconds: float) -> str:
    """A limit as people set it."""
    if seconds < 2 * MINUTE and seconds % MINUTE:
        return f"{seconds:g} seconds"
    return f"{seconds / MINUTE:g} minutes" if seconds != MINUTE else "a minute"


def must_end_well(ended: Exit, job: Job, seconds: float, what: str) -> bool:
    """Whether it exited with 0; raises where it was stopped."""
    if ended.ending == "cancelled" or job.cancelled():
        raise Cancelled("Cancelled while it ran.")
    if ended.ending == "timeout":
        raise InstallFailed(f"{what} did not end within {spoken(seconds)} and was stopped.", hint=LONGER)
    if ended.ending == "limit":
        raise LimitReached(f"{what} was stopped. {ended.reason}")
    return ended.ok


def _install(world: World, tree: Path, step: InstallStep, terms: Terms, job: Job, scope: str, *, force: bool) -> None:
    if _kept(world, tree, step, terms, job, scope, force=force):
        return
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(job.masked(line))
        job.say(line)

    where = step.folder or "the root"
    job.say(f"$ {' '.join(step.argv)}  (in {where})")
    ended = Picked(world.runner, terms.chosen).run(step.command(tree, terms.env, terms.seconds), hear, job.cancelled)
    if not must_end_well(ended, job, terms.seconds, step.name):
        raise install_failed(step, lines)


def _kept(world: World, tree: Path, step: InstallStep, terms: Terms, job: Job, scope: str, *, force: bool) -> bool:
    """Whether it is installed by way of the cache."""
    cache, scratch, runner = world.dependencies, world.folders.work, Picked(world.runner, terms.chosen)
    if not world.settings.cache_mb:
        return False
    made = recipe(tree, step, terms.env, scope, cache.versions(runner, scratch / "versions"), job.say)
    if made is None:
        return False
    keeper = Keeper(cache, runner, scratch)
    try:
        done = keeper.install(made, step, tree, job.say, job.cancelled, terms.seconds, force=force)
    except InstallFailed as error:
        error.sentence = job.masked(error.sentence)
        raise
    if job.cancelled():
        raise Cancelled("Cancelled while it ran.")
    return done
