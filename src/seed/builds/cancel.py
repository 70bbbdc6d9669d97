"""Cancel a build: at once while it waits, packages or runs a hook. What CloudFormation is updating goes back only where
that is asked for by name; what it is making for the first time cannot be cancelled. Of a build that has ended, the
packages for stages downstream that are still being made.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service
from seed.audit.record import record
from seed.builds.find import packages_in_the_making
from seed.builds.records import Build, ServiceBuild, Step
from seed.builds.states import BUILD, NotPossible, move
from seed.db.base import now, ring
from seed.errors import Cancelled
from seed.people.actor import Actor


def cancel(session: Session, actor: Actor, build: Build, *, update: bool = False) -> None:
    """What waits ends here; what runs sees the flag and stops its processes itself. `update`: running updates too."""
    actor.must("deploy")
    row = session.get_one(Build, build.id)
    if row.state not in {"queued", "running"}:
        _cancel_packages(session, actor, row)
        return
    if row.promotion_id is not None and row.state == "queued":
        raise NotPossible(f"Build {row.number} waits to carry out a confirmed promotion.", hint="Reject that.")
    if row.promotion_id is not None and not update and (busy := in_cloudformation(session, row)):
        raise NotPossible(
            f"Build {row.number} carries out a confirmed promotion: CloudFormation is at work on {', '.join(busy)}.",
            hint="Wait for it, then roll back; or have CloudFormation take its running updates back: --update.",
        )
    row.cancel_requested = True
    row.cancel_update = row.cancel_update or update
    record(session, actor.name, "build.cancelled", f"{row.stage.name} {row.number}", app_id=row.app_id, update=update)
    if row.state == "queued":
        row.state = move(BUILD, row.state, "cancel")
        row.ended_at = now()
        session.execute(
            sa.update(ServiceBuild).where(ServiceBuild.build_id == row.id).values(state="cancelled", ended_at=now())
        )
    ring(session, f"build:{row.id}", f"app:{row.app_id}")


def _cancel_packages(session: Session, actor: Actor, build: Build) -> None:
    """Whoever makes them sees it by their state. A promotion makes what it needs all the same."""
    making = packages_in_the_making(session, build.id)
    if not making:
        raise NotPossible(f"Build {build.number} has ended: {build.state}.")
    said = {"code": Cancelled.code, "sentence": f"Cancelled by {actor.name}.", "hint": "A promotion makes it anew."}
    for package in making:
        package.state, package.failure, package.ended_at = "failed", said, now()
    what = f"{build.stage.name} {build.number}"
    record(session, actor.name, "build.packages-cancelled", what, app_id=build.app_id, packages=len(making))
    ring(session, f"build:{build.id}", f"app:{build.app_id}")


def in_cloudformation(session: Session, build: Build) -> list[str]:
    """The services whose stacks are being changed now: not those whose hooks run."""
    query = (
        sa.select(Service.name)
        .join(ServiceBuild, ServiceBuild.service_id == Service.id)
        .join(Step, Step.service_build_id == ServiceBuild.id)
        .where(ServiceBuild.build_id == build.id, Step.name == "deploy", Step.state == "running")
    )
    return list(session.scalars(query.order_by(Service.name)))
