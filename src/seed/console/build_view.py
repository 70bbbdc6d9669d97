"""A build as its page shows it: rows joined, what failed in front."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from seed.apps.stages import downstream
from seed.builds.cancel import in_cloudformation
from seed.builds.phases import in_phases
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import ENDED
from seed.changesets import from_json
from seed.console import logs
from seed.console.review import Service, service_view
from seed.work.source.strangers import why_not_ours
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class PackageView:
    row: DownstreamPackage
    stage: str
    log: logs.Log


@dataclass(frozen=True, slots=True)
class ServiceView:
    row: ServiceBuild
    anchor: str
    log: logs.Log
    changes: Service | None
    packages: tuple[PackageView, ...]
    open: bool
    """Whether its log stands open at first."""


@dataclass(frozen=True, slots=True)
class BuildView:
    services: tuple[ServiceView, ...]
    failures: tuple[tuple[str, dict[str, Any]], ...]
    """(service, what it said), the same said once."""
    cursor: str
    targets: tuple[str, ...]
    phases: tuple[tuple[int, list[ServiceView]], ...] = ()
    """In the order in which they run: a rollback goes backwards."""
    in_cloudformation: bool = False
    goes_nowhere: str = ""
    """Why it cannot be promoted, whoever asks."""
    not_packaged: str = ""
    """Why there is no package for a stage downstream, as long as there is none."""

    @property
    def packaging(self) -> bool:
        """For a stage downstream, now."""
        return any(made.row.state == "making" for one in self.services for made in one.packages)

    @property
    def streaming(self) -> bool:
        return self.packaging or any(one.row.state not in ENDED for one in self.services)


def view(world: World, session: Session, build: Build, *, with_logs: bool) -> BuildView:
    stages = {stage.id: stage.name for stage in build.stage.app.stages}
    rows = list(build.services)
    opened = _opened(rows)
    services = tuple(_service(world, row, stages, opened=row is opened, with_logs=with_logs) for row in rows)
    ends = [(f"s{one.row.id}", one.log.last) for one in services]
    ends += [(f"p{made.row.id}", made.log.last) for one in services for made in one.packages]
    return BuildView(
        services=services,
        failures=_failures(rows),
        cursor=",".join(f"{key}:{number}" for key, number in ends),
        targets=tuple(stage.name for stage in downstream(session, build.stage)),
        phases=tuple(in_phases(services, lambda one: one.row.phase, back=build.trigger == "rollback")),
        in_cloudformation=bool(in_cloudformation(session, build)),
        goes_nowhere=why_not_ours(world, build) if build.promotion_id is None else "",
        not_packaged="" if any(one.packages for one in services) else build.not_packaged,
    )


def _service(world: World, row: ServiceBuild, stages: dict[int, str], *, opened: bool, with_logs: bool) -> ServiceView:
    anchor = logs.anchor(row)
    log = logs.end_of(world.folders.log(row.id), anchor) if with_logs else logs.Log(())
    packages = tuple(
        PackageView(
            made,
            stages[made.stage_id],
            logs.end_of(world.folders.package_log(made.id), f"{anchor}-{made.id}") if with_logs else logs.Log(()),
        )
        for made in row.downstream
        if made.stage_id in stages
    )
    changes = service_view(row.service.name, from_json(row.changes), anchor) if row.changes else None
    return ServiceView(row, anchor, log, changes, packages, opened)


def _opened(rows: list[ServiceBuild]) -> ServiceBuild | None:
    """What failed is read first, then what is at work or will be; of an only service the log is of interest anyway."""
    for wanted in ({"failed"}, {"deploying", "packaging", "checking"}, {"waiting"}):
        for row in rows:
            if row.state in wanted:
                return row
    return rows[0] if len(rows) == 1 else None


def _failures(rows: list[ServiceBuild]) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Services that failed of one cause, an install for all of them say, tell it once."""
    told: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for row in rows:
        if row.state == "failed":
            said = {"code": "", "sentence": row.reason, "hint": "", "where": "", **(row.failure or {})}
            told.setdefault(said["sentence"], ([], said))[0].append(row.service.name)
    return tuple((", ".join(names), said) for names, said in told.values())
