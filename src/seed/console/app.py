"""Put the console into the application: its pages, its static files."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from seed.console import (
    accounts,
    activity,
    apps,
    assets,
    automatic,
    badges,
    builds,
    findings,
    forges,
    live,
    mail,
    notifications,
    promotions,
    removals,
    server_page,
    services,
    settings,
    sign_in,
    spec_schema,
    stages,
    style,
    tokens,
    variables,
)


def install(app: FastAPI) -> None:
    router = APIRouter(include_in_schema=False)
    # Fixed words come before names: `/apps/{slug}/settings` is a page, not a stage.
    for part in (
        assets,
        badges,
        spec_schema,
        sign_in,
        live,
        style,
        accounts,
        tokens,
        removals,
        automatic,
        settings,
        notifications,
        mail,
        server_page,
        forges,
        services,
        variables,
        activity,
        apps,
        builds,
        stages,
        promotions,
        findings,
    ):
        router.include_router(part.router)
    app.include_router(router)
