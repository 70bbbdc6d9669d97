"""Put the API into the application: routes, the OpenAPI description, and errors in one shape."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from seed import __version__
from seed.api import apps, builds, hooks, people, promotions, shapes
from seed.errors import SeedError

PREFIX = "/api/v1"
log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    errors: dict[int | str, dict[str, Any]] = {
        code: {"model": shapes.ErrorAnswer} for code in (400, 401, 403, 404, 409, 413, 422)
    }
    router = APIRouter(prefix=PREFIX, responses=errors)
    for part in (people, apps, builds, promotions, hooks):
        router.include_router(part.router)
    app.include_router(router)
    app.add_api_route(f"{PREFIX}/openapi.json", lambda: describe(app), include_in_schema=False)
    app.add_exception_handler(SeedError, _seed_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1."""
    if not app.openapi_schema:
        described = get_openapi(title="Seed", version=__version__, routes=app.routes)
        described["components"].setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
        described["security"] = [{"token": []}]
        app.openapi_schema = described
    return app.openapi_schema


def answer(status: int, body: dict[str, str]) -> JSONResponse:
    return JSONResponse({"error": body}, status)


def _seed_error(request: Request, error: Exception) -> Any:
    assert isinstance(error, SeedError)  # noqa: S101, registered for it
    if not request.url.path.startswith(PREFIX):
        from seed.console.errors import page

        return page(request, error)
    if error.status >= 500:  # noqa: PLR2004, our own fault or AWS's
        log.warning("failed", code=error.code, sentence=error.sentence)
    return answer(error.status, error.as_dict())


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101, registered for it
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return answer(422, {"code": "invalid", "sentence": f"{first['msg']}.", "hint": "", "where": where})


def _http(request: Request, error: Exception) -> Any:
    assert isinstance(error, HTTPException)  # noqa: S101, registered for it
    code = {404: "not-found", 405: "not-possible"}.get(error.status_code, "invalid")
    if not request.url.path.startswith(PREFIX):
        from seed.console.errors import plain_page

        return plain_page(request, error.status_code, str(error.detail))
    return answer(error.status_code, {"code": code, "sentence": f"{error.detail}.", "hint": "", "where": ""})


def _bug(request: Request, error: Exception) -> Any:
    reference = uuid.uuid4().hex[:12]
    log.error("unexpected", reference=reference, exc_info=error)
    sentence = f"Seed itself failed here (reference {reference})."
    hint = "The server's log has the details; please report it."
    if not request.url.path.startswith(PREFIX):
        from seed.console.errors import plain_page

        return plain_page(request, 500, sentence)
    return answer(500, {"code": "internal", "sentence": sentence, "hint": hint, "where": ""})
