"""Apps, stages, accounts, the pipeline and the activity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps import records
from seed.apps.accounts import add_account, remove_account
from seed.apps.edit_app import set_poll_seconds
from seed.apps.find import account_of, app_of, apps_of
from seed.audit.find import activity_of
from seed.audit.records import AuditEvent
from seed.aws.values import AccountSettings
from seed.builds.pipeline import pipeline
from seed.work import intake
from seed.work.hearing import pushes
from seed.work.limit_app import limit_app

router = APIRouter(tags=["apps"])
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/apps")
def list_apps(world: TheWorld, actor: TheActor) -> list[shapes.App]:
    with world.database.read() as session:
        return [present.app(row) for row in apps_of(session, actor)]


@router.post("/apps", status_code=201)
def add_app(world: TheWorld, actor: TheActor, asked: shapes.NewApp) -> shapes.App:
    """Read the repository, find its services, make the stages dev and prod."""
    app = intake.add_app(
        world,
        actor,
        asked.repository,
        name=asked.name,
        branch=asked.branch,
        account=asked.account,
        production_account=asked.production_account,
        poll_seconds=asked.poll_seconds,
    )
    return show_app(world, actor, app.slug)


@router.get("/apps/{slug}")
def show_app(world: TheWorld, actor: TheActor, slug: str) -> shapes.App:
    with world.database.read() as session:
        return present.app(app_of(session, actor, slug))


@router.patch("/apps/{slug}")
def change_app(world: TheWorld, actor: TheActor, slug: str, asked: shapes.ChangeApp) -> shapes.App:
    if asked.repository is not None:
        intake.change_repository(world, actor, slug, asked.repository)
    if asked.stages_at_once is not None:
        limit_app(world, actor, slug, asked.stages_at_once)
    if asked.poll_seconds is not None:
        with world.database.write() as session:
            set_poll_seconds(session, actor, app_of(session, actor, slug), asked.poll_seconds)
    return show_app(world, actor, slug)


@router.get("/apps/{slug}/webhook")
def show_webhook(world: TheWorld, actor: TheActor, slug: str) -> shapes.Webhook:
    """Where a push is told to, and the secret that signs it."""
    secret = pushes.webhook_secret(world, actor, slug)
    return shapes.Webhook(url=f"{world.settings.url}/api/v1/hooks/{slug}", secret=secret)


@router.get("/apps/{slug}/pipeline")
def show_pipeline(world: TheWorld, actor: TheActor, slug: str) -> shapes.Pipeline:
    with world.database.read() as session:
        found = pipeline(session, app_of(session, actor, slug))
    columns = [
        shapes.PipelineColumn(
            **{name: getattr(c, name) for name in shapes.PipelineColumn.model_fields if name != "downstream"},
            downstream=list(c.downstream),
        )
        for c in found.columns
    ]
    rows = [shapes.PipelineRow.model_validate(row, from_attributes=True) for row in found.rows]
    return shapes.Pipeline(columns=columns, rows=rows)


@router.get("/apps/{slug}/activity")
def show_activity(world: TheWorld, actor: TheActor, slug: str, limit: Limit = 50) -> list[shapes.Activity]:
    with world.database.read() as session:
        return _events(activity_of(session, app_of(session, actor, slug).id, limit))


@router.get("/activity")
def show_all_activity(world: TheWorld, actor: TheActor, limit: Limit = 50) -> list[shapes.Activity]:
    """Of every app, also of those that were removed, and of what belongs to none: people, tokens, accounts, keys."""
    actor.must("admin")
    with world.database.read() as session:
        return _events(activity_of(session, None, limit))


@router.get("/accounts", tags=["accounts"])
def list_accounts(world: TheWorld, actor: TheActor) -> list[shapes.Account]:
    actor.must("read")
    with world.database.read() as session:
        rows = session.scalars(sa.select(records.Account).order_by(records.Account.id))
        return [shapes.Account.model_validate(row, from_attributes=True) for row in rows]


@router.post("/accounts", status_code=201, tags=["accounts"])
def new_account(world: TheWorld, actor: TheActor, asked: shapes.NewAccount) -> shapes.AccountCheck:
    """Added, then checked: the answer is what STS said."""
    settings = AccountSettings(**asked.model_dump(exclude={"name"}))
    with world.database.write() as session:
        add_account(session, actor, asked.name, settings, world.vault)
    return check_account(world, actor, asked.name)


@router.post("/accounts/{name}/check", tags=["accounts"])
def check_account(world: TheWorld, actor: TheActor, name: str) -> shapes.AccountCheck:
    actor.must("admin")  # what AWS says is kept with the account
    said = intake.check_account(world, actor, name)
    return shapes.AccountCheck(
        account=said.account, arn=said.arn, region=said.region, missing=list(said.missing), problem=said.problem
    )


@router.delete("/accounts/{name}", status_code=204, tags=["accounts"])
def delete_account(world: TheWorld, actor: TheActor, name: str) -> None:
    with world.database.write() as session:
        remove_account(session, actor, account_of(session, actor, name))


def _events(found: Sequence[AuditEvent]) -> list[shapes.Activity]:
    return [shapes.Activity.model_validate(event, from_attributes=True) for event in found]
