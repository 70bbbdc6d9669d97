"""Where the log of a service in a build lies: found by ids of ours, never by a name that came from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service, Stage
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.errors import NotFound


class LogFolders(Protocol):
    def log(self, service_build_id: int) -> Path: ...
    def package_log(self, downstream_package_id: int) -> Path: ...


def log_path(session: Session, folders: LogFolders, build: Build, service: str, package: str = "") -> Path:
    """`package` names a downstream stage, for the log of making its package; "" is the build's own log."""
    row = session.scalar(
        sa.select(ServiceBuild)
        .join(Service, Service.id == ServiceBuild.service_id)
        .where(ServiceBuild.build_id == build.id, Service.name == service)
    )
    if row is None:
        raise NotFound(f"Build {build.number} has no service {service!r}.")
    if not package:
        return folders.log(row.id)
    made = session.scalar(
        sa.select(DownstreamPackage)
        .join(Stage, Stage.id == DownstreamPackage.stage_id)
        .where(DownstreamPackage.service_build_id == row.id, Stage.name == package)
    )
    if made is None:
        raise NotFound(f"Build {build.number} made no package for {package!r}.")
    return folders.package_log(made.id)
