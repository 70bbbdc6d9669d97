"""Failures as answers: in the API's shape under its prefix, as a page everywhere else. Internals never leak."""

from __future__ import annotations

import uuid

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from seed import api, console
from seed.errors import Invalid, NotFound, SeedError
from seed.people.sign_in import NotSignedIn

log = structlog.get_logger(__name__)
OUR_FAULT = 500


class NotPossibleHere(Invalid):
    """The address exists, but not for this method."""

    code = "method-not-allowed"
    status = 405


def install(app: FastAPI) -> None:
    app.add_exception_handler(SeedError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OverflowError, _beyond)
    app.add_exception_handler(Exception, _bug)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, SeedError)  # noqa: S101, registered for it
    if error.status >= OUR_FAULT:
        log.warning("failed", code=error.code, sentence=error.sentence)
    return _answer(request, error.status, error)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101, registered for it
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _answer(request, Invalid.status, Invalid(f"{first['msg']}.", where=where))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101, registered for it
    if error.status_code == NotFound.status:
        return _answer(request, error.status_code, NotFound("There is nothing here.", hint="Check the address."))
    if error.status_code == NotPossibleHere.status:
        return _answer(request, error.status_code, NotPossibleHere("This address does not take this method."))
    return _answer(request, error.status_code, Invalid(f"{error.detail}."))


def _beyond(request: Request, _error: Exception) -> Response:
    """A number larger than the database has: nothing can be there."""
    return _answer(request, NotFound.status, NotFound("There is nothing here.", hint="Check the address."))


def _bug(request: Request, error: Exception) -> Response:
    reference = uuid.uuid4().hex[:12]
    log.error("unexpected", reference=reference, exc_info=error)
    said = SeedError(
        f"Seed itself failed here (reference {reference}).",
        hint="The server's log has the details under this reference; please report it.",
    )
    return _answer(request, OUR_FAULT, said)


def _answer(request: Request, status: int, error: SeedError) -> Response:
    # Only the shape of the answer is chosen by the path; nothing is authorised by it.
    if request.scope["path"].startswith(f"{api.PREFIX}/"):
        answer = api.error_answer(request, status, error)
    else:
        answer = console.error_answer(request, status, error, sign_in=isinstance(error, NotSignedIn))
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
