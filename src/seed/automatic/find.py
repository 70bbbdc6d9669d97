"""Find an app's switches, and the stages that came of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import DEVELOPMENT, ORIGINS, PULL_REQUEST, App, Stage
from seed.automatic.decide import Rule
from seed.automatic.records import AutomaticStages


def settings_of(session: Session, app_id: int, origin: str) -> AutomaticStages:
    """As it is stored; or off, as every app begins. What is returned then belongs to no session."""
    row = session.scalar(
        sa.select(AutomaticStages).where(AutomaticStages.app_id == app_id, AutomaticStages.origin == origin)
    )
    return row or AutomaticStages(
        app_id=app_id, origin=origin, on=False, copy_from_id=None, only="", most=10, remove=origin == PULL_REQUEST,
        empty_buckets=False, idle_days=0, forks=False, previews=False,
    )  # fmt: skip


def rule_of(row: AutomaticStages) -> Rule:
    return Rule(row.on, row.most, tuple(one.strip() for one in row.only.split(",") if one.strip()), row.forks)


def source_of(session: Session, row: AutomaticStages) -> Stage | None:
    """The stage to copy from: the chosen one, else the first that somebody made for development."""
    possible = sources_of(session, row.app_id)
    return next((stage for stage in possible if stage.id == row.copy_from_id), possible[0] if possible else None)


def sources_of(session: Session, app_id: int) -> list[Stage]:
    """Never one downstream: its variables and its account are not for every branch."""
    return [stage for stage in stages_of(session, app_id) if stage.kind == DEVELOPMENT and not stage.origin]


def made_for(session: Session, app: App, origin: str) -> list[Stage]:
    assert origin in ORIGINS  # noqa: S101, by the callers
    return [stage for stage in stages_of(session, app.id) if stage.origin == origin]


def stage_for_pull_request(session: Session, app: App, number: int) -> Stage | None:
    return next((stage for stage in made_for(session, app, PULL_REQUEST) if stage.pull_request == number), None)
