"""Apps, stages, accounts, the pipeline and the activity."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps import records
from seed.apps.accounts import add_account, remove_account
from seed.apps.find import account_of, app_of, apps_of, stage_of
from seed.apps.functions_only import set_functions_only
from seed.apps.stages import add_stage, remove_stage, set_account, set_always_review
from seed.audit.find import activity_of
from seed.aws.port import AccountSettings
from seed.builds.pipeline import pipeline
from seed.git import check_branch
from seed.work import intake

router = APIRouter(tags=["apps"])


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


@router.get("/apps/{slug}/webhook")
def show_webhook(world: TheWorld, actor: TheActor, slug: str) -> shapes.Webhook:
    """Where a push is told to, and the secret that signs it."""
    secret = intake.webhook_secret(world, actor, slug)
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
def show_activity(world: TheWorld, actor: TheActor, slug: str, limit: int = 50) -> list[shapes.Activity]:
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        found = activity_of(session, app.id, max(1, min(limit, 500)))
        return [shapes.Activity.model_validate(event, from_attributes=True) for event in found]


@router.post("/apps/{slug}/stages", status_code=201)
def new_stage(world: TheWorld, actor: TheActor, slug: str, asked: shapes.NewStage) -> shapes.Stage:
    """A development stage that follows a branch."""
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        name = asked.account or app.stages[0].account.name
        account = account_of(session, actor, name)
        stage = add_stage(session, actor, app, asked.name, check_branch(asked.branch), account)
        return present.stage(session.get_one(records.Stage, stage.id))


@router.patch("/apps/{slug}/stages/{name}")
def change_stage(world: TheWorld, actor: TheActor, slug: str, name: str, asked: shapes.ChangeStage) -> shapes.Stage:
    with world.database.write() as session:
        stage = stage_of(session, actor, slug, name)
        if asked.account:
            set_account(session, actor, stage, account_of(session, actor, asked.account))
        if asked.always_review is not None:
            set_always_review(session, actor, stage, always=asked.always_review)
        if asked.functions_only is not None:
            set_functions_only(session, actor, stage, on=asked.functions_only)
    with world.database.read() as session:
        return present.stage(stage_of(session, actor, slug, name))


@router.delete("/apps/{slug}/stages/{name}", status_code=204)
def delete_stage(world: TheWorld, actor: TheActor, slug: str, name: str) -> None:
    """From Seed only: its stacks stay."""
    with world.database.write() as session:
        remove_stage(session, actor, stage_of(session, actor, slug, name))


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
