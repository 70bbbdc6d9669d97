"""The log of a job, opened so that no secret gets into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from seed.apps.records import Service, Stage
from seed.aws.port import Cloud
from seed.builds.records import ServiceBuild
from seed.errors import SeedError
from seed.work.commands.given import given_to, opened_for
from seed.work.logs.log import MB, LogWriter, Room
from seed.work.secrets import credentials_of, raw_secrets
from seed.work.world import World


def open_log(
    world: World, path: Path, cloud: Cloud | None = None, stage: Stage | None = None, services: Sequence[Service] = (),
    build: int = 0,
) -> LogWriter:  # fmt: skip
    """Masks what Seed stores; of an account its credentials, and the values that these services' variables name. It
    counts to the logs of the build, where it is of one.
    """
    hidden = set(raw_secrets(world))
    if cloud is not None:
        hidden |= {*credentials_of(cloud), *_referenced(world, cloud, stage, services)}
    return LogWriter(path, sorted(hidden), world.settings.build_output_mb * MB, _room(world, build) if build else None)


def _room(world: World, build: int) -> Room:
    with world.database.read() as session:
        ids = session.scalars(sa.select(ServiceBuild.id).where(ServiceBuild.build_id == build)).all()
    most = world.settings.build_output_total_mb * MB
    return world.output.of(build, most, (world.folders.log(one) for one in ids))


def _referenced(world: World, cloud: Cloud, stage: Stage | None, services: Sequence[Service]) -> set[str]:
    found: set[str] = set()
    for service in services if stage is not None else ():
        assert stage is not None  # noqa: S101, or there is no service to ask for
        try:
            found |= set(opened_for(cloud, given_to(world, stage, service)).hidden)
        except SeedError:
            continue  # the build asks again, and tells what is wrong
    return found
