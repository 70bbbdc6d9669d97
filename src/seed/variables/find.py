"""Look at variables through the person who asks: names for who may read, plain values for who may deploy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from seed.apps.records import App, Service, Stage
from seed.db.vault import SecretNotReadable, Vault
from seed.people.actor import ORDER, Actor
from seed.variables.change import value_of
from seed.variables.records import REMOVED, SECRET, Variable


@dataclass(frozen=True, slots=True)
class Then:
    version: int
    kind: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """`value` None: secret, or not this person's to see."""

    name: str
    kind: str
    stage: str
    service: str
    version: int
    person: str
    at: datetime
    value: str | None
    history: tuple[Then, ...]
    """Newest first."""


def variables_of(
    session: Session,
    vault: Vault,
    actor: Actor,
    app: App,
    *,
    stage: Stage | None = None,
    service: Service | None = None,
) -> list[Shown]:
    """All of the app; with a stage or a service, those that count there."""
    actor.must("read")
    query = sa.select(Variable).where(Variable.app_id == app.id, Variable.kind != REMOVED)
    if stage is not None:
        query = query.where(sa.or_(Variable.stage_id.is_(None), Variable.stage_id == stage.id))
    if service is not None:
        query = query.where(sa.or_(Variable.service_id.is_(None), Variable.service_id == service.id))
    loaded = query.options(
        selectinload(Variable.versions), selectinload(Variable.stage), selectinload(Variable.service)
    ).order_by(Variable.name, Variable.place)
    may = ORDER[actor.scope] >= ORDER["deploy"]
    return [_shown(session, vault, row, may=may) for row in session.scalars(loaded)]


def _shown(session: Session, vault: Vault, row: Variable, *, may: bool) -> Shown:
    newest = row.versions[0]
    value = None
    if may and row.kind != SECRET:
        try:
            value = value_of(session, vault, row)
        except SecretNotReadable:
            value = None
    return Shown(
        name=row.name,
        kind=row.kind,
        stage=row.stage.name if row.stage else "",
        service=row.service.name if row.service else "",
        version=row.version,
        person=newest.person,
        at=newest.at,
        value=value,
        history=tuple(Then(one.number, one.kind, one.person, one.at) for one in row.versions),
    )
