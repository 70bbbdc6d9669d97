"""What every request passes: known hosts only, bounded bodies, no cross-site writes, strict headers."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seed.people.same_origin import same_origin
from seed.settings import Settings

LARGEST_BODY = 1_000_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Protection:
    """Pure ASGI, so that streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
            await send(message)

        if refusal is not None:
            await refusal(scope, receive, told)
            return
        await self._app(scope, _bounded(receive), told)

    def _refusal(self, method: str, headers: Headers) -> JSONResponse | None:
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return _no(413, "too-large", "The request is larger than 1 MB.")
        # Programs send neither of the headers that browsers do, and pass; another site's page does not.
        if method not in SAFE and not same_origin(headers):
            return _no(403, "cross-site", "This request came from another site.")
        return None


def install(app: FastAPI, settings: Settings) -> None:
    names = {settings.host, "127.0.0.1", "localhost", urlsplit(settings.url).hostname or ""}
    names |= {name.strip() for name in settings.allowed_hosts.split(",")}
    app.add_middleware(Protection, https=settings.url.startswith("https://"))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=sorted(n for n in names if n), www_redirect=False)


def _no(status: int, code: str, sentence: str) -> JSONResponse:
    body = {"error": {"code": code, "sentence": sentence, "hint": "", "where": ""}}
    return JSONResponse(body, status)


def _bounded(receive: Receive) -> Receive:
    """A body without a length is cut off where it grows too large."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return bounded
