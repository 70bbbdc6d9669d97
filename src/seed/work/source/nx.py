"""Ask nx which projects are affected by the files that changed, once its dependencies are installed.

nx follows imports, which nobody else can tell for it. It runs as the repository installed it, fenced in like every
command of a build. Where it cannot tell, the service is deployed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from seed.builds.changed import Ran, Verdict, always, by_nx
from seed.builds.records import Build, ServiceBuild
from seed.git import CommitNotFound, Mirror
from seed.work import rows
from seed.work.commands.given import variables_moved
from seed.work.commands.hooks import Hooks, must_end_well
from seed.work.logs.open_log import open_log
from seed.work.source.checkout import Job, synced
from seed.work.source.only_changed import MISSING, tell, what_ran
from seed.work.source.workspace import LARGEST, MOST_PACKAGES, parsed_json
from seed.work.world import World

NX = "node_modules/.bin/nx"
FILES = ("project.json", "package.json")
QUIET = {"NX_DAEMON": "false", "NX_NO_CLOUD": "true", "NX_TUI": "false", "CI": "true"}
LONGEST = 100_000
"""Characters of names on a command line; Linux takes 131,072 in one argument."""
STEP = "affected"


def only_affected(
    world: World, run: Build, todo: Sequence[ServiceBuild], tree: Path, hooks: Hooks
) -> list[ServiceBuild]:
    """Those to deploy; the others end here, each with its reason in the log."""
    way = hooks.spec.check_code_change or run.stage.app.check_code_change
    if way != "nx" or not todo:
        return list(todo)
    mirror = synced(world, run.stage.app, run.commit)
    with world.database.read() as session:
        ran, moved = what_ran(session, run), variables_moved(session, run)
    writer = open_log(
        world, world.folders.log(todo[0].id), world.connect(run.stage.account), run.stage, [todo[0].service]
    )
    job = Job(writer.write, lambda: rows.cancel_asked(world, run.id), writer.masked)
    writer.step("nx")
    try:
        ask = _Nx(world, run, mirror, hooks, tree, job)
        said = [(row, _verdict(ask, row, ran.get(row.service_id), moved.get(row.service_id))) for row in todo]
    finally:
        writer.close()
    stay = tell(world, said, STEP)
    return [row for row in todo if row.id not in stay]


def _verdict(ask: _Nx, row: ServiceBuild, ran: Ran | None, moved: str | None) -> Verdict:
    path = row.service.path
    why = always(path, ran, forced=ask.run.forced, way="nx", services=len(ask.run.stage.app.services)) or moved
    if why or ran is None:
        return Verdict(True, why or MISSING)
    try:
        changed = ask.mirror.changed_files(ran.commit, ask.run.commit)
    except CommitNotFound:
        return Verdict(True, f"the commit of build {ran.build} is no longer in the repository")
    return by_nx(path, ask.projects, changed, ran.build, lambda: ask.affected(row, changed))


class _Nx:
    """The repository's own nx. The same question is asked once."""

    def __init__(self, world: World, run: Build, mirror: Mirror, hooks: Hooks, tree: Path, job: Job) -> None:
        self.run, self.mirror = run, mirror
        self.projects = read_projects(mirror, run.commit)
        self._world, self._hooks, self._tree, self._job = world, hooks, tree, job
        self._answers: dict[tuple[str, ...], frozenset[str] | str] = {}

    def affected(self, row: ServiceBuild, changed: Sequence[str]) -> frozenset[str] | str:
        """Names of projects; or why nx cannot tell."""
        files = tuple(changed)
        if files not in self._answers:
            self._answers[files] = self._ask(row, files)
        return self._answers[files]

    def _ask(self, row: ServiceBuild, files: tuple[str, ...]) -> frozenset[str] | str:
        if any(mark in name for name in files for mark in ", "):
            return "a file's name holds a comma or a space"
        if sum(map(len, files)) > LONGEST:
            return "too many files have changed"
        if not (self._tree / NX).exists():
            return "the repository installs no nx"
        shell = self._hooks.shell(row.service)
        shell = replace(shell, env={**self._hooks.environment(row.service, self._job), **QUIET})
        self._job.say("$ nx show projects --affected")
        lines: list[str] = []

        def heard(line: str) -> None:
            lines.append(line)
            self._job.say(line)

        command = shell.command(NX, "show", "projects", "--affected", f"--files={','.join(files)}", "--json")
        ended = self._world.runner.run(command, heard, self._job.cancelled)
        if ended.ending == "exited" and ended.code:
            return f"it ended with {ended.code}"
        must_end_well(shell, ended, "nx show projects", self._job, "nx")
        return _names(lines)


def read_projects(mirror: Mirror, commit: str) -> Mapping[str, str]:
    """Folder → name, by `project.json`, else `package.json`. The root is no project: its files are everybody's."""
    found = [path for path in mirror.files(commit) if PurePosixPath(path).name in FILES and "/" in path]
    found = [path for path in found if "node_modules" not in path.split("/")][: 2 * MOST_PACKAGES]
    texts = mirror.read_files(commit, found)
    names: dict[str, str] = {}
    for file in FILES:
        for path in found:
            folder = str(PurePosixPath(path).parent)
            if PurePosixPath(path).name == file and folder not in names:
                name = parsed_json(texts.get(path) or "").get("name")
                if isinstance(name, str) and name:
                    names[folder] = name
    return names


def _names(lines: Sequence[str]) -> frozenset[str] | str:
    """The answer is the last line; what a plugin prints may stand above it."""
    text = next((line for line in reversed(lines) if line.startswith("[")), "")
    try:
        names = json.loads(text) if len(text) <= LARGEST else None
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list):
        return "its answer cannot be read"
    return frozenset(name for name in names if isinstance(name, str))
