"""The stages of an app: added, edited, kept, ordered."""

from __future__ import annotations

from fastapi import APIRouter

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps import records
from seed.apps.edit_stage import rename_stage, set_auto_deploy, set_auto_promote, set_kind, set_order
from seed.apps.find import account_of, app_of, stage_of
from seed.apps.functions_only import set_functions_only
from seed.apps.new_stage import new_stage as add
from seed.apps.post_deploy import set_post_deploy
from seed.apps.records import BY_HAND
from seed.apps.set_account import set_account
from seed.apps.stages import set_always_review, set_package_when_asked
from seed.automatic.keep import keep
from seed.builds.find import build_of
from seed.work import intake

router = APIRouter(tags=["apps"])


@router.post("/apps/{slug}/stages", status_code=201)
def new_stage(world: TheWorld, actor: TheActor, slug: str, asked: shapes.NewStage) -> shapes.Stage:
    """A development stage that follows a branch, or a staging or production stage that promotions come into."""
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        name = asked.account or app.stages[0].account.name
        account = account_of(session, actor, name)
        stage = add(session, world.engine, actor, app, account, kind=asked.kind, name=asked.name, branch=asked.branch)
        return present.stage(session.get_one(records.Stage, stage.id))


@router.patch("/apps/{slug}/stages/{name}")
def change_stage(world: TheWorld, actor: TheActor, slug: str, name: str, asked: shapes.ChangeStage) -> shapes.Stage:
    with world.database.write() as session:
        stage = stage_of(session, actor, slug, name)
        if asked.name:
            rename_stage(session, actor, stage, asked.name)
        if asked.account:
            set_account(session, actor, stage, account_of(session, actor, asked.account))
        if asked.always_review is not None:
            set_always_review(session, actor, stage, always=asked.always_review)
        if asked.package_when_asked is not None:
            set_package_when_asked(session, actor, stage, on=asked.package_when_asked)
        if asked.functions_only is not None:
            set_functions_only(session, actor, stage, on=asked.functions_only)
        if asked.post_deploy is not None:
            set_post_deploy(session, actor, stage, asked.post_deploy)
        if asked.kind:
            set_kind(session, world.engine, actor, stage, asked.kind)
        if asked.auto_deploy is not None:
            set_auto_deploy(session, actor, stage, on=asked.auto_deploy)
        if asked.auto_promote:
            level = BY_HAND if asked.auto_promote == "by-hand" else asked.auto_promote
            set_auto_promote(session, actor, stage, level)
    with world.database.read() as session:
        return present.stage(stage_of(session, actor, slug, asked.name or name))


@router.post("/apps/{slug}/stages/{name}/keep")
def keep_stage(world: TheWorld, actor: TheActor, slug: str, name: str) -> shapes.Stage:
    """One that came by itself does not go now; its idle days begin again."""
    with world.database.write() as session:
        stage = stage_of(session, actor, slug, name)
        keep(session, actor, stage)
        return present.stage(stage)


@router.put("/apps/{slug}/stages/{name}/source", status_code=202)
def change_source(world: TheWorld, actor: TheActor, slug: str, name: str, asked: shapes.StageSource) -> shapes.Build:
    """The stage follows this branch from now on, and is built from it at once."""
    build = intake.update_source(world, actor, slug, name, asked.branch)
    with world.database.read() as session:
        return present.build(build_of(session, actor, slug, name, build.number))


@router.put("/apps/{slug}/stages")
def order_stages(world: TheWorld, actor: TheActor, slug: str, asked: shapes.StageOrder) -> list[shapes.Stage]:
    """Development stays before staging, and that before production."""
    with world.database.write() as session:
        set_order(session, actor, app_of(session, actor, slug), asked.names)
    with world.database.read() as session:
        return [present.stage(one) for one in app_of(session, actor, slug).stages]
