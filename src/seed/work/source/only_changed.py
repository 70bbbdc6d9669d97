"""Leave out what did not change: before the source is even checked out, each service that can stay is ended
with its reason in the log.

What runs of a service is the last build that deployed it; the files that changed since that build's commit
are asked for once for each such commit. Where they cannot be compared, the service is deployed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.builds.changed import WORKSPACES, Ran, Verdict, Workspace, always, by_files, by_workspace
from seed.builds.find import running_services
from seed.builds.records import Build, ServiceBuild
from seed.db.base import now
from seed.git import CommitNotFound, Mirror
from seed.work import rows
from seed.work.commands.given import variables_moved
from seed.work.commands.hooks import read_spec
from seed.work.logs.log import LogWriter
from seed.work.source.checkout import synced
from seed.work.source.workspace import NoWorkspace, read_workspace
from seed.work.world import World

MISSING = "not in this commit"
STEP = "changes"


@dataclass(frozen=True, slots=True)
class _Since:
    """What changed since a commit; None where that cannot be told any more."""

    files: Sequence[str] | None


def only_changed(world: World, run: Build, todo: Sequence[ServiceBuild]) -> list[ServiceBuild]:
    """Those to deploy. A row that an earlier run of this job had begun goes on as it was decided."""
    waiting = [row for row in todo if row.state == "waiting"]
    if not waiting:
        return list(todo)
    mirror = synced(world, run.stage.app, run.commit)
    present = set(mirror.files(run.commit))
    with world.database.read() as session:
        ran = what_ran(session, run)
        moved = variables_moved(session, run)
    way = read_spec(world, run.stage.app, run.commit).check_code_change or run.stage.app.check_code_change
    look = _Look(run, mirror, present, ran, way)
    stay, said = set(), []
    for row in waiting:
        if f"{row.service.path}/{row.service.config}".lstrip("/") not in present:
            rows.move_service(world, row.id, "skip", reason=MISSING)
            stay.add(row.id)
            continue
        verdict = look.verdict(row)
        if not verdict.deploy and row.service_id in moved:
            verdict = Verdict(True, moved[row.service_id])
        said.append((row, verdict))
    stay |= tell(world, said, STEP)
    return [row for row in todo if row.id not in stay]


def what_ran(session: Session, run: Build) -> dict[int, Ran]:
    """Service id → what runs of it in the stage, before this build."""
    running = running_services(session, run.stage_id, up_to=run.number - 1)
    bad = (
        sa.select(ServiceBuild.service_id, sa.func.max(Build.number))
        .join(Build, Build.id == ServiceBuild.build_id)
        .where(
            Build.stage_id == run.stage_id,
            Build.number < run.number,
            Build.state != "skipped",
            sa.or_(
                ServiceBuild.state.in_(("failed", "cancelled")),
                sa.and_(ServiceBuild.state == "skipped", ServiceBuild.reason != MISSING),
            ),
        )
        .group_by(ServiceBuild.service_id)
    )
    failed = {row[0]: row[1] for row in session.execute(bad)}
    found = {}
    for service_id, row in running.items():
        number = row.build.number
        later = failed.get(service_id, 0)
        found[service_id] = Ran(number, row.build.commit, row.path, later if later > number else None)
    return found


class _Look:
    """The questions to Git, each asked once."""

    def __init__(self, run: Build, mirror: Mirror, present: set[str], ran: dict[int, Ran], way: str) -> None:
        self._run, self._mirror, self._present, self._ran = run, mirror, present, ran
        self._services = {service.id: service.path for service in run.stage.app.services}
        self._since: dict[str, _Since] = {}
        self._workspace: Workspace | None = None
        self._way = way

    def verdict(self, row: ServiceBuild) -> Verdict:
        path, ran = row.service.path, self._ran.get(row.service_id)
        why = always(path, ran, forced=self._run.forced, way=self._way, services=len(self._services))
        if why or ran is None:
            return Verdict(True, why)
        changed = self._changed(ran.commit)
        if changed is None:
            return Verdict(True, f"the commit of build {ran.build} is no longer in the repository")
        if self._way == "nx":
            return Verdict(True, "whether it stays is asked of nx once its dependencies are installed")
        if self._way in WORKSPACES:
            return self._by_workspace(path, changed, ran.build)
        others = [other for key, other in self._services.items() if key != row.service_id]
        return by_files(path, others, changed, ran.build)

    def _by_workspace(self, path: str, changed: Sequence[str], since: int) -> Verdict:
        try:
            if self._workspace is None:
                self._workspace = read_workspace(self._mirror, self._run.commit, self._present, self._way)
        except NoWorkspace as error:
            return Verdict(True, error.sentence)
        return by_workspace(path, self._workspace, changed, since)

    def _changed(self, since: str) -> Sequence[str] | None:
        if since not in self._since:
            try:
                self._since[since] = _Since(self._mirror.changed_files(since, self._run.commit))
            except CommitNotFound:
                self._since[since] = _Since(None)
        return self._since[since].files


def tell(world: World, said: Sequence[tuple[ServiceBuild, Verdict]], step: str) -> set[int]:
    """Each verdict, written into its service's log. Those that stay end here, all at once: their ids."""
    written = [(row, verdict, _write(world, row, verdict, step)) for row, verdict in said]
    with world.database.write() as session:
        for row, verdict, told in written:
            rows.keep_step(session, row.id, step, told)
            if not verdict.deploy:
                rows.move_one(session, row.id, "unchanged", reason=verdict.reason)
    return {row.id for row, verdict in said if not verdict.deploy}


def _write(world: World, row: ServiceBuild, verdict: Verdict, step: str) -> rows.Said:
    started = now()
    writer = LogWriter(world.folders.log(row.id))
    line = writer.step(step)
    writer.write(f"To deploy: {verdict.reason}" if verdict.deploy else verdict.reason)
    writer.close()
    return rows.Said(line, started, now())
