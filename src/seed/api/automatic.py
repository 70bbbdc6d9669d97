"""Stages that an app makes by itself, for branches and for pull requests."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from sqlalchemy.orm import Session

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of
from seed.apps.records import ORIGINS, App
from seed.automatic.change import Change, change_automatic
from seed.automatic.find import made_for, settings_of, source_of
from seed.automatic.wait import waiting

router = APIRouter(tags=["apps"])
PLACE = "/apps/{slug}/automatic-stages"


@router.get(PLACE)
def list_automatic_stages(world: TheWorld, actor: TheActor, slug: str) -> list[shapes.AutomaticStages]:
    """For branches, and for pull requests."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return [_shown(session, app, origin) for origin in ORIGINS]


@router.patch(f"{PLACE}/{{origin}}")
def change_automatic_stages(
    world: TheWorld,
    actor: TheActor,
    slug: str,
    origin: Literal["branch", "pull-request"],
    asked: shapes.ChangeAutomaticStages,
) -> shapes.AutomaticStages:
    """Of what comes from now on; stages that are there stay as they were made."""
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        change_automatic(session, actor, app, origin, Change(**asked.model_dump()))
        return _shown(session, app, origin)


def _shown(session: Session, app: App, origin: str) -> shapes.AutomaticStages:
    row = settings_of(session, app.id, origin)
    source = source_of(session, row)
    return shapes.AutomaticStages.model_validate({
        "origin": origin, "on": row.on, "copy_from": source.name if source else "", "only": row.only,
        "most": row.most, "there": len(made_for(session, app, origin)), "remove": row.remove,
        "empty_buckets": row.empty_buckets, "idle_days": row.idle_days, "forks": row.forks, "previews": row.previews,
        "waiting": list(waiting(session, app.id, origin)),
    })  # fmt: skip
