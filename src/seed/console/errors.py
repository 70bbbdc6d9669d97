"""What went wrong, as a page: the sentence, what to try, and a way on."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from seed.console.render import page
from seed.errors import SeedError


def error_answer(request: Request, status: int, error: SeedError, *, sign_in: bool = False) -> Response:
    """Who is not signed in is sent to sign in, and comes back."""
    if sign_in and request.method == "GET":
        return RedirectResponse(f"/sign-in?to={quote(request.scope['path'], safe='')}", 303)
    return page(request, "error.html", status, error=error, status=status)
