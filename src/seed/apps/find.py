"""Fetch things of an app through the person who asks: what they may not see is not found."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Account, App, Service, Stage
from seed.errors import NotFound
from seed.people.actor import Actor


def apps_of(session: Session, actor: Actor) -> list[App]:
    actor.must("read")
    return list(session.scalars(sa.select(App).order_by(App.slug)))


def app_of(session: Session, actor: Actor, slug: str) -> App:
    actor.must("read")
    app = session.scalar(sa.select(App).where(App.slug == slug))
    if app is None:
        raise NotFound(f"There is no app {slug!r}.", hint="seed app list shows the apps.")
    return app


def stage_of(session: Session, actor: Actor, slug: str, name: str) -> Stage:
    app = app_of(session, actor, slug)
    stage = next((stage for stage in stages_of(session, app.id) if stage.name == name), None)
    if stage is None:
        raise NotFound(f"{slug} has no stage {name!r}.", hint=f"seed stage list {slug} shows its stages.")
    return stage


def stages_of(session: Session, app_id: int) -> list[Stage]:
    """Those that are there, in the order of the pipeline."""
    here = sa.and_(Stage.app_id == app_id, Stage.removed_at.is_(None))
    return list(session.scalars(sa.select(Stage).where(here).order_by(Stage.position)))


def services_of(session: Session, app_id: int, names: list[str] | None) -> list[Service]:
    """All, or the named ones; an unknown name is an error, not an empty result."""
    here = sa.and_(Service.app_id == app_id, Service.removed_at.is_(None))
    services = list(session.scalars(sa.select(Service).where(here).order_by(Service.phase, Service.id)))
    if not names:
        return services
    unknown = sorted(set(names) - {service.name for service in services})
    if unknown:
        known = ", ".join(service.name for service in services)
        raise NotFound(f"There is no service {unknown[0]!r}.", hint=f"This app has: {known}.")
    return [service for service in services if service.name in names]


def account_of(session: Session, actor: Actor, name: str) -> Account:
    actor.must("read")
    account = session.scalar(sa.select(Account).where(Account.name == name))
    if account is None:
        raise NotFound(f"There is no account {name!r}.", hint="seed account list shows the accounts.")
    return account
