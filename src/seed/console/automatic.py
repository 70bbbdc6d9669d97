"""The settings' part on stages that come by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from seed.apps.find import app_of
from seed.apps.records import ORIGINS, App, Stage
from seed.automatic.change import Change, change_automatic
from seed.automatic.find import made_for, settings_of, source_of, sources_of
from seed.automatic.records import AutomaticStages
from seed.automatic.wait import waiting
from seed.console.deps import TheActor, TheWorld

router = APIRouter()
Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Shown:
    row: AutomaticStages
    source: Stage | None
    sources: list[Stage]
    there: int
    waiting: Sequence[str]


def shown(session: Session, app: App) -> list[Shown]:
    rows = [settings_of(session, app.id, origin) for origin in ORIGINS]
    sources = sources_of(session, app.id)
    return [
        Shown(row, source_of(session, row), sources, len(made_for(session, app, row.origin)),
              waiting(session, app.id, row.origin))
        for row in rows
    ]  # fmt: skip


@router.post("/apps/{slug}/settings/automatic/{origin}")
def change(
    world: TheWorld, actor: TheActor, slug: str, origin: str, on: Text = "", copy_from: Text = "", only: Text = "",
    most: Annotated[int, Form()] = 10, remove: Text = "", empty_buckets: Text = "",
    idle_days: Annotated[int, Form()] = 0, forks: Text = "", previews: Text = "",
) -> Response:  # fmt: skip
    """A box that is not ticked is not sent: what is missing is off."""
    asked = Change(
        on=bool(on), copy_from=copy_from, only=only.strip(), most=most, remove=bool(remove),
        empty_buckets=bool(empty_buckets), idle_days=idle_days, forks=bool(forks), previews=bool(previews),
    )  # fmt: skip
    with world.database.write() as session:
        change_automatic(session, actor, app_of(session, actor, slug), origin, asked)
    return RedirectResponse(f"/apps/{slug}/settings#automatic-{origin}", HTTPStatus.SEE_OTHER)
