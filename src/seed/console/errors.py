"""What went wrong, as a page: one sentence, what to try, and a way back."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from seed.console.templates import render
from seed.errors import SeedError


def error_answer(request: Request, status: int, error: SeedError, *, sign_in: bool) -> Response:
    """Someone who is not signed in is sent to sign in, and comes back."""
    if sign_in and request.method == "GET" and _wants_page(request):
        asked = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?to={quote(asked)}", HTTPStatus.SEE_OTHER)
    back = request.headers.get("referer", "") if request.method == "POST" else ""
    return render(request, "error.html", status=status, number=status, error=error, back=_own(request, back),
                  app=_app(request))  # fmt: skip


def _app(request: Request) -> str:
    """The app that the address speaks of, where it speaks of something in it: that is nearer than all apps."""
    slug = str(request.path_params.get("slug", ""))
    return slug if request.scope["path"].startswith(f"/apps/{slug}/") else ""


def _own(request: Request, address: str) -> str:
    """The way back, when it leads to a page of ours."""
    base = str(request.base_url)
    return "/" + address.removeprefix(base) if address.startswith(base) else ""


def _wants_page(request: Request) -> bool:
    return "text/event-stream" not in request.headers.get("accept", "")
