"""Put the API into the application: routes, the OpenAPI description, and errors in one shape."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from seed import __version__
from seed.api import (
    apps,
    automatic,
    builds,
    caches,
    findings,
    forge_hooks,
    forges,
    hooks,
    lint,
    notifications,
    people,
    promotions,
    removals,
    services,
    shapes,
    stages,
    variables,
)
from seed.errors import SeedError

PREFIX = "/api/v1"


def install(app: FastAPI) -> None:
    errors: dict[int | str, dict[str, Any]] = {
        code: {"model": shapes.ErrorAnswer} for code in (400, 401, 403, 404, 409, 413, 422, 429)
    }
    router = APIRouter(prefix=PREFIX, responses=errors)
    parts = (
        people,
        apps,
        stages,
        automatic,
        services,
        builds,
        promotions,
        findings,
        hooks,
        forge_hooks,
        forges,
        variables,
        caches,
        removals,
        notifications,
        lint,
    )
    for part in parts:
        router.include_router(part.router)
    app.include_router(router)
    app.add_api_route(f"{PREFIX}/openapi.json", _openapi, include_in_schema=False, response_model=None)


def _openapi(request: Request) -> dict[str, Any]:
    # The framework keeps every endpoint for ever: one that closes over the application would keep that too.
    return describe(request.app)


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1."""
    if not app.openapi_schema:
        described = get_openapi(title="Seed", version=__version__, routes=app.routes)
        described["components"].setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
        described["security"] = [{"token": []}]
        app.openapi_schema = described
    return app.openapi_schema


def error_answer(_request: Request, status: int, error: SeedError) -> Response:
    """Every failure of the API has this shape."""
    return JSONResponse({"error": error.as_dict()}, status)
