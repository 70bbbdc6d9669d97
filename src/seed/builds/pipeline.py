"""The pipeline of an app: services × stages, and what runs in each cell.

A constant number of queries, whatever the size: the newest service build of each cell is found by an index,
and the history is never read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import NEVER, App, Service, Stage
from seed.apps.stages import next_of, place
from seed.builds.records import Build, ServiceBuild


@dataclass(frozen=True, slots=True)
class Cell:
    """The newest build of one service in one stage."""

    build: int
    commit: str
    subject: str
    author: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """A stage: its newest build, the one that works, and whether that can be promoted."""

    stage_id: int
    name: str
    kind: str
    branch: str
    pull_request: int = 0
    latest: int | None = None
    latest_state: str = ""
    working: int | None = None
    unread: bool = False
    """Promotions come by themselves, and nobody reads what they change."""
    working_promoted: bool = False
    downstream: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    service_id: int
    name: str
    path: str
    phase: int
    cells: dict[str, Cell] = field(default_factory=dict)
    """By stage name."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def pipeline(session: Session, app: App) -> Pipeline:
    stages = stages_of(session, app.id)
    stages.sort(key=lambda stage: (place(stage), stage.position))
    services = session.scalars(
        sa.select(Service)
        .where(Service.app_id == app.id, Service.removed_at.is_(None))
        .order_by(Service.phase, Service.name)
    ).all()
    names = {stage.id: stage.name for stage in stages}
    cells: dict[int, dict[str, Cell]] = {}
    for service_id, stage_id, cell in _newest(session, app.id):
        cells.setdefault(service_id, {})[names[stage_id]] = cell
    rows = tuple(Row(s.id, s.name, s.path, s.phase, cells.get(s.id, {})) for s in services)
    return Pipeline(tuple(_columns(session, stages)), rows)


def _newest(session: Session, app_id: int) -> list[tuple[int, int, Cell]]:
    """Per (service, stage) the newest service build that was not skipped."""
    ids = _newest_ids(app_id)
    found = session.execute(
        sa.select(
            ServiceBuild.service_id,
            ServiceBuild.stage_id,
            Build.number,
            Build.commit,
            Build.subject,
            Build.author,
            ServiceBuild.state,
            ServiceBuild.reason,
            sa.func.coalesce(ServiceBuild.ended_at, ServiceBuild.started_at, Build.created_at),
        )
        .select_from(ids)
        .join(ServiceBuild, ServiceBuild.id == ids.c.id)
        .join(Build, Build.id == ServiceBuild.build_id)
    )
    return [
        (service_id, stage_id, Cell(number, commit, subject, author, state, reason, at))
        for service_id, stage_id, number, commit, subject, author, state, reason, at in found
    ]


def _newest_ids(app_id: int) -> sa.Subquery:
    """One look into an index for each service and stage."""
    newest = (
        sa.select(ServiceBuild.id)
        .where(
            ServiceBuild.stage_id == Stage.id,
            ServiceBuild.service_id == Service.id,
            ServiceBuild.state != "skipped",
        )
        .order_by(ServiceBuild.id.desc())
        .limit(1)
        .correlate(Stage, Service)
        .scalar_subquery()
    )
    return (
        sa.select(newest.label("id"))
        .select_from(Stage)
        .join(Service, Service.app_id == Stage.app_id)
        .where(Stage.app_id == app_id, Stage.removed_at.is_(None), Service.removed_at.is_(None))
        .subquery()
    )


def _columns(session: Session, stages: list[Stage]) -> list[Column]:
    app_id = stages[0].app_id if stages else 0
    latest = _by_stage(session, app_id, good=False)
    working = _by_stage(session, app_id, good=True)
    columns = []
    for stage in stages:
        newest, works = latest.get(stage.id), working.get(stage.id)
        columns.append(
            Column(
                stage_id=stage.id,
                name=stage.name,
                kind=stage.kind,
                branch=stage.branch,
                pull_request=stage.pull_request,
                latest=newest.number if newest else None,
                latest_state=newest.state if newest else "",
                working=works.number if works else None,
                unread=stage.auto_promote == NEVER,
                working_promoted=bool(works and works.promoted_at),
                downstream=tuple(later.name for later in next_of(stage, stages)),
            )
        )
    return columns


def _by_stage(session: Session, app_id: int, *, good: bool) -> dict[int, Build]:
    """Stage id → its newest build, or its newest good one."""
    newest = sa.select(Build.id).where(Build.stage_id == Stage.id).order_by(Build.number.desc()).limit(1)
    if good:
        newest = newest.where(Build.state == "succeeded")
    there = sa.and_(Stage.app_id == app_id, Stage.removed_at.is_(None))
    ids = sa.select(newest.correlate(Stage).scalar_subquery()).where(there)
    return {build.stage_id: build for build in session.scalars(sa.select(Build).where(Build.id.in_(ids)))}
