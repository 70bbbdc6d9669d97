"""Pages from templates: escaped by default, strict about unknown names, with static files addressed by content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from seed.console.changes import show_value
from seed.errors import NotFound
from seed.people.actor import Actor

HERE = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MINUTE, HOUR, DAY = 60, 3600, 86_400


def page(request: Request, name: str, status: int = 200, /, **context: Any) -> Response:
    """`actor` is who is signed in, when somebody is."""
    actor: Actor | None = getattr(request.state, "actor", None)
    text = _environment().get_template(name).render(**{"actor": actor, "notice": "", **context})
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def static_file(version: str, name: str) -> Response:  # noqa: ARG001, the version makes the address unique
    known = _static()
    if name not in known:
        raise NotFound("There is no such file.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(known[name], media_type=TYPES[Path(name).suffix], headers=headers)


@cache
def _static() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in (HERE / "static").iterdir() if path.suffix in TYPES}


@cache
def _version() -> str:
    whole = hashlib.sha256()
    for _name, content in sorted(_static().items()):
        whole.update(content)
    return whole.hexdigest()[:12]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(age=age, exact=exact, short=short, took=took, value=show_value, part=part)
    made.globals.update(static=lambda name: f"/static/{_version()}/{name}")
    return made


def age(at: datetime | None) -> str:
    if at is None:
        return ""
    seconds = (datetime.now(UTC) - at).total_seconds()
    for size, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{letter} ago"
    return "just now" if seconds < 10 else f"{int(seconds)}s ago"  # noqa: PLR2004, reads better


def exact(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else ""


def took(begin: datetime | None, end: datetime | None) -> str:
    if begin is None:
        return ""
    seconds = ((end or datetime.now(UTC)) - begin).total_seconds()
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    return f"{int(seconds // MINUTE)} min {int(seconds % MINUTE)} s"


def short(commit: str) -> str:
    return commit[:7]


def part(name: Any) -> str:
    """A name as one part of an address, whatever is in it."""
    return quote(str(name), safe="")
