"""Edit the pipeline: what a stage is called, what it is for, where it stands, and what comes into it by itself."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import BY_HAND, DEVELOPMENT, LEVELS, PRODUCTION, App, Stage
from seed.apps.stage_names import check_stage_name
from seed.apps.stages import RANK, place, renumber
from seed.audit.record import record
from seed.builds.find import ahead_of_cloudformation
from seed.builds.records import Build
from seed.db.base import ring
from seed.errors import Conflict, Invalid
from seed.people.actor import Actor
from seed.promotions.leads_there import end_what_leads_nowhere
from seed.promotions.promote import promotion_chain
from seed.work.jobs.engine import Engine


class StageInUse(Conflict):
    """A build or promotion has the stage as it is now."""

    code = "stage-in-use"


class LastProduction(Conflict):
    """An app has at least one production stage."""

    code = "last-production"


def rename_stage(session: Session, actor: Actor, stage: Stage, name: str) -> None:
    """Before the first build: stacks carry the name for as long as they live."""
    actor.must("admin")
    check_stage_name(name)
    row = session.get_one(Stage, stage.id)
    if session.scalar(sa.select(Build.id).where(Build.stage_id == row.id).limit(1)):
        raise StageInUse(
            f"{row.name} has been built; its stacks carry its name.", hint="Add a stage with the new name instead."
        )
    if any(other.name == name for other in stages_of(session, row.app_id) if other.id != row.id):
        raise Conflict(f"{row.app.slug} has a stage {name!r} already.")
    record(session, actor.name, "stage.renamed", name, app_id=row.app_id, before=row.name)
    row.name = name
    ring(session, f"app:{row.app_id}")


def set_kind(session: Session, engine: Engine, actor: Actor, stage: Stage, kind: str) -> None:
    """Development follows a branch, and is deployed by hand until somebody says that pushes do; staging and production
    are reached by promotion. What was on its way and may not go there any more ends.
    """
    actor.must("admin")
    if kind not in RANK:
        raise Invalid(f"{kind[:40]!r} is no kind of stage.", hint="One of " + ", ".join(RANK) + ".")
    row = session.get_one(Stage, stage.id)
    if row.kind == kind:
        return
    if row.pull_request:
        raise Invalid(
            f"{row.name} is the stage of a pull request, and goes with it.", hint="Promote its working build instead."
        )
    must_be_idle(session, row)
    others = [other for other in stages_of(session, row.app_id) if other.kind == PRODUCTION and other.id != row.id]
    if row.kind == PRODUCTION and not others:
        raise LastProduction(
            f"{row.name} is the only production stage of {row.app.slug}.", hint="Make another stage production first."
        )
    _must_not_be_ahead(session, row)
    record(session, actor.name, "stage.kind", row.name, app_id=row.app_id, before=row.kind, kind=kind)
    row.kind = kind
    row.origin, row.closing = "", ""
    row.functions_only = row.functions_only and kind == DEVELOPMENT
    if kind == DEVELOPMENT:
        row.branch, row.auto_deploy, row.auto_promote = row.app.branch, False, BY_HAND
    else:
        row.branch, row.auto_deploy = "", False
    session.flush()
    renumber(session, row.app_id)
    end_what_leads_nowhere(session, engine, row.app_id, f"{row.name} is a {kind} stage now")


def _must_not_be_ahead(session: Session, stage: Stage) -> None:
    """Where only promotions come, what CloudFormation knows is all that is compared."""
    if ahead := ahead_of_cloudformation(session, stage.id):
        raise Conflict(
            f"{stage.name} runs code of {', '.join(ahead)} that CloudFormation does not know of.",
            hint=f"Deploy it whole first: seed deploy {stage.app.slug} {stage.name} --force",
        )


def set_order(session: Session, actor: Actor, app: App, names: Sequence[str]) -> None:
    """All stages of the app, as they shall stand, each in the place of its kind."""
    actor.must("admin")
    stages = {row.name: row for row in stages_of(session, app.id)}
    if sorted(names) != sorted(stages):
        raise Invalid("An order names every stage of the app once.", hint="They are " + ", ".join(stages) + ".")
    for position, name in enumerate(sorted(names, key=lambda name: place(stages[name])), 1):
        stages[name].position = position
    record(session, actor.name, "stages.ordered", app.slug, app_id=app.id, order=list(names))
    ring(session, f"app:{app.id}")


def set_source(session: Session, actor: Actor, stage: Stage, branch: str) -> None:
    """The branch a development stage follows; whoever calls builds it at once. One that was made for another branch
    is somebody's from now on, and does not go with that branch.
    """
    actor.must("admin")
    row = session.get_one(Stage, stage.id)
    _must_be_development(row)
    if row.pull_request:
        raise Invalid(f"{row.name} follows pull request {row.pull_request}.", hint="Add a stage for the branch.")
    record(session, actor.name, "stage.source", row.name, app_id=row.app_id, before=row.branch, branch=branch)
    row.branch, row.origin, row.closing = branch, "", ""
    session.flush()
    renumber(session, row.app_id)


def set_auto_deploy(session: Session, actor: Actor, stage: Stage, *, on: bool) -> None:
    """Whether a push to its branch deploys a development stage."""
    actor.must("admin")
    row = session.get_one(Stage, stage.id)
    _must_be_development(row)
    row.auto_deploy = on
    record(session, actor.name, "stage.auto_deploy", row.name, app_id=row.app_id, on=on)
    ring(session, f"app:{row.app_id}")


def set_auto_promote(session: Session, actor: Actor, stage: Stage, level: str) -> None:
    """Whether working builds of the stages before are promoted by themselves, and who reads what will change."""
    actor.must("admin")
    if level not in LEVELS:
        raise Invalid(f"{level[:40]!r} is no way to promote.", hint="review, findings, never, or nothing: by hand.")
    row = session.get_one(Stage, stage.id)
    if row.kind == DEVELOPMENT:
        raise Invalid(f"{row.name} is a development stage: pushes come into it, not promotions.")
    row.auto_promote = level
    record(session, actor.name, "stage.auto_promote", row.name, app_id=row.app_id, level=level or "by hand")
    ring(session, f"app:{row.app_id}")


def _must_be_development(row: Stage) -> None:
    if row.kind != DEVELOPMENT:
        raise Invalid(
            f"{row.name} is reached by promotion, not by a branch.",
            hint="Promotions can come by themselves: seed stage promote APP STAGE --level …",
        )


def must_be_idle(session: Session, row: Stage) -> None:
    """No build of it runs, no promotion from or to it is open."""
    running = session.scalar(
        sa.select(Build.number).where(Build.stage_id == row.id, Build.state.in_(("queued", "running"))).limit(1)
    )
    if running is not None:
        raise StageInUse(f"Build {running} of {row.name} has not ended.", hint="Cancel it or wait.")
    for promotion in promotion_chain(session, row.app_id):
        if row.id in {promotion.target_stage_id, promotion.source_build.stage_id}:
            raise StageInUse(
                f"Promotion {promotion.id} goes from or to {row.name} and has not ended.", hint="Decide it first."
            )
