"""Order the packages for the stages downstream of a build that went well, or keep why none is made beside it."""

from __future__ import annotations

import sqlalchemy as sa

from seed.apps.records import Stage
from seed.apps.stages import downstream
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import GOOD
from seed.connections.tell import previewed_in
from seed.db.base import ring
from seed.work.packaging.why_no_package import only_when_asked, why_no_package
from seed.work.world import World


def order_downstream(world: World, run: Build, *, late: bool = False) -> None:
    """Production's packages are made from the same commit, in a job of their own, once nobody waits for the build.
    `late`: more than the build itself had ordered; its job may be over.
    """
    targets = packaged_for(world, run)
    with world.database.write() as session:
        added: list[DownstreamPackage] = []
        good = sa.select(ServiceBuild).where(
            ServiceBuild.build_id == run.id, ServiceBuild.state.in_(GOOD), ServiceBuild.package_digest != ""
        )
        for row in session.scalars(good).all():
            for target in targets:
                there = session.scalar(
                    sa.select(DownstreamPackage.id).where(
                        DownstreamPackage.service_build_id == row.id, DownstreamPackage.stage_id == target.id
                    )
                )
                if there is None:
                    added.append(DownstreamPackage(service_build_id=row.id, stage_id=target.id))
        session.add_all(added)
        session.flush()
        again = max((one.id for one in added), default=0) if late else 0
        world.engine.submit(session, "package", run.id, key="", order=run.id, again=again)
        ring(session, f"build:{run.id}")


def packaged_for(world: World, run: Build) -> list[Stage]:
    """The stages downstream whose packages are made beside the build, and those that a pull request's comment tells of;
    none, and the build says why.
    """
    why_not = why_no_package(world, run)  # asks Git: never while others wait to write
    with world.database.write() as session:
        found = {one.id: one for one in (*downstream(session, run.stage), *previewed_in(session, run))}.values()
        targets = [] if why_not else [one for one in found if not one.package_when_asked]
        session.get_one(Build, run.id).not_packaged = "" if targets or not found else why_not or only_when_asked(found)
        ring(session, f"build:{run.id}")
        return targets
