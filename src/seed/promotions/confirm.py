"""Confirm a review: one transaction that names the digest, and either wins or is told why not."""

from __future__ import annotations

import hmac

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Service
from seed.audit.record import record
from seed.builds.deploy import Commit, add_build
from seed.builds.find import stage_busy, working_build
from seed.builds.records import Build, ServiceBuild
from seed.db.base import now, ring
from seed.errors import Conflict
from seed.people.actor import Actor
from seed.promotions.leads_there import must_lead_there
from seed.promotions.out_of_date import out_of_date
from seed.promotions.promote import StageBusy
from seed.promotions.records import Confirmation, Promotion, ServicePlan
from seed.promotions.stale import make_stale
from seed.promotions.states import moved
from seed.work.jobs.engine import Engine


class ReviewMoved(Conflict):
    """What was reviewed is not what would run any more."""

    code = "review-moved"


class AlreadyDecided(Conflict):
    """Somebody was first."""

    code = "already-decided"


def confirm(session: Session, engine: Engine, actor: Actor, promotion: Promotion, digest: str) -> Build:
    """The build of the target stage that will carry it out."""
    actor.must("deploy")
    row = session.get_one(Promotion, promotion.id)
    _must_be_open(session, row)
    if not hmac.compare_digest(row.digest.encode(), digest.encode()):
        raise ReviewMoved(
            "The review you confirmed is not the one that would run.",
            hint=f"Read it again: seed promotion show {row.id}",
        )
    must_lead_there(session, row)
    moved_source = source_moved(session, row)
    if moved_source:
        raise ReviewMoved(moved_source, hint="Promote again to review what runs there now.")
    outdated = out_of_date(session, row)
    if outdated:
        raise ReviewMoved(outdated, hint="Promote again to review it with what is set now.")
    busy = stage_busy(session, row.target_stage)
    if busy is not None:
        raise StageBusy(
            f"{row.target_stage.name} is being deployed by build {busy.number}.",
            hint="Wait until it has ended.",
        )
    row.state = moved(row.state, "confirm")
    session.add(Confirmation(promotion_id=row.id, person_id=actor.person_id or None, person=actor.name, digest=digest))
    build = _target_build(session, row, actor)
    row.target_build_id = build.id
    _tell_the_others(session, engine, row)
    engine.submit(session, "apply", row.id, key=str(row.target_stage_id), order=build.number)
    record(session, actor.name, "promotion.confirmed", f"{row.target_stage.name} #{row.id}",
           app_id=row.app_id, digest=digest)  # fmt: skip
    ring(session, f"promotion:{row.id}", f"app:{row.app_id}")
    return build


def source_moved(session: Session, row: Promotion) -> str:
    """Why the source is not the working build any more; '' while it is. A rollback's source cannot move."""
    if row.kind == "rollback":
        return ""
    source = row.source_build
    working = working_build(session, source.stage_id)
    if working is None or working.id == source.id:
        return ""
    return f"{source.stage.name} has moved on from build {source.number} to build {working.number}."


def _must_be_open(session: Session, row: Promotion) -> None:
    if row.state == "review":
        return
    done = session.scalar(sa.select(Confirmation).where(Confirmation.promotion_id == row.id))
    if done is not None and row.state != "rejected":
        raise AlreadyDecided(f"{done.person} has confirmed this already.", hint="Follow its build.")
    if row.state == "planning":
        raise AlreadyDecided("The review is not ready yet.", hint="Wait for the plan.")
    why = f" {row.reason}" if row.reason else ""
    raise AlreadyDecided(f"This promotion has ended: {row.state}.{why}", hint="Promote again.")


def _target_build(session: Session, row: Promotion, actor: Actor) -> Build:
    plans = session.scalars(
        sa.select(ServicePlan).where(ServicePlan.promotion_id == row.id).order_by(ServicePlan.id)
    ).all()
    source = row.source_build
    commit = Commit(source.commit, source.subject, source.author, source.committed_at)
    services = [session.get_one(Service, plan.service_id) for plan in plans]
    build = add_build(
        session,
        row.target_stage_id,
        commit,
        services,
        trigger=row.kind,
        branch=source.branch,
        asked_by=actor.name,
    )
    build.promotion_id, build.head_commit = row.id, source.head_commit
    by_service = {plan.service_id: plan for plan in plans}
    for made in session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)):
        plan = by_service[made.service_id]
        made.package_digest = plan.package_digest
        made.stack_name, made.stack_id = plan.stack_name, plan.stack_id
        made.change_set_name, made.change_set_arn = plan.change_set_name, plan.change_set_arn
        made.method, made.changes = plan.method, plan.changes
        if plan.state == "unchanged":
            made.state, made.reason, made.ended_at = "unchanged", "nothing to change", now()
    session.flush()
    return build


def _tell_the_others(session: Session, engine: Engine, winner: Promotion) -> None:
    others = session.scalars(
        sa.select(Promotion).where(
            Promotion.target_stage_id == winner.target_stage_id,
            Promotion.id != winner.id,
            Promotion.state.in_(("planning", "review")),
        )
    )
    for other in others:
        make_stale(session, engine, other, f"promotion {winner.id} was confirmed first")
