"""The templates: everything escaped, a missing name an error, a few filters for times and names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from seed.apps.login import shown_address
from seed.changesets.lines import sized
from seed.changesets.words import word
from seed.console import states
from seed.console.ansi import TURNING
from seed.console.assets import asset
from seed.console.packed import packed
from seed.counting import counted
from seed.db.base import now

MINUTE, HOUR, DAY = 60, 3600, 86400
WORD = re.compile(r"([A-Za-z0-9]+)")


def render(request: Request, name: str, /, *, status: int = 200, long: bool = False, **context: Any) -> Response:
    """A page is made anew each time and never kept by a browser: it shows what only its reader may see."""
    actor = getattr(request.state, "actor", None)
    body = ENVIRONMENT.get_template(name).render(actor=actor, **context)
    headers = {"Cache-Control": "no-store"}
    return packed(request, body.encode(), "text/html", headers, status) if long else HTMLResponse(body, status, headers)


def ago(at: datetime | None) -> Markup:
    """`3 min ago`, with the exact time on hover; kept true by the page's script."""
    if at is None:
        return Markup("")
    iso, exact = at.isoformat(timespec="seconds").replace("+00:00", "Z"), at.strftime("%d %b %Y, %H:%M:%S UTC")
    said = relative((now() - at).total_seconds())
    return Markup(f'<time datetime="{iso}" title="{exact}">{said}</time>')  # noqa: S704, times and nothing from outside


@cache
def dot(state: str) -> Markup:
    """A state as a mark, with its word for those who do not see it. There are few states and many cells."""
    mark = Markup('<span class="state {} only" title="{}"><span class="unseen">{}</span></span>')
    return mark.format(states.tone(state), states.say(state), states.say(state))


def moment(text: str) -> datetime | None:
    """A stored ISO time; None where there is none."""
    return datetime.fromisoformat(text) if text else None


def day(at: datetime) -> Markup:
    """`24 Dec 2026`, with the exact time on hover."""
    return Markup('<span title="{}">{}</span>').format(at.strftime("%d %b %Y, %H:%M:%S UTC"), at.strftime("%d %b %Y"))


def relative(seconds: float) -> str:
    seconds = max(0, int(seconds))
    if seconds < MINUTE:
        return "just now" if seconds < 10 else f"{seconds} s ago"  # noqa: PLR2004, too short to count
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < DAY:
        return f"{seconds // HOUR} h ago"
    days = seconds // DAY
    return f"{days} day{'s' if days > 1 else ''} ago"


def lasted(start: datetime | None, end: datetime | None) -> str:
    """`0.4 s`, `12 s`, `3 min 5 s`; '' while it has not begun."""
    if start is None:
        return ""
    seconds = max(0.0, ((end or now()) - start).total_seconds())
    if seconds < 10:  # noqa: PLR2004, below this tenths matter
        return f"{seconds:.1f} s"
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // MINUTE} min {int(seconds) % MINUTE} s"


def short_digest(digest: str) -> str:
    """The first twelve of a sha256."""
    return digest.removeprefix("sha256:")[:12]


def breaks(path: str) -> Markup:
    """A path that may go on in the next line after each of its parts."""
    return Markup("/<wbr>").join(straight(path).split("/"))


def straight(value: Any) -> Any:
    """Text that comes from outside cannot turn the direction in which a page is read."""
    return TURNING.sub("\u00b7", value) if type(value) is str else value


def typed(value: str | None) -> str:
    """A value to change in a field; "" where a browser would give back another one than it was given."""
    given = value or ""
    return "" if straight(given) != given or "\r" in given or given.startswith("\n") else given


def naming(ids: Collection[str]) -> Any:
    """A filter for sentences: a logical id in them is set as one. All of it is escaped."""

    def name(text: str) -> Markup:
        parts = WORD.split(straight(text))
        return Markup("").join(Markup("<code>{}</code>").format(p) if p in ids else p for p in parts)

    return name


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=straight,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {
    "ago": ago,
    "breaks": breaks,
    "day": day,
    "address": shown_address,
    "shell": shlex.quote,
    "moment": moment,
    "sized": sized,
    "typed": typed,
    "short_digest": short_digest,
    "segment": partial(quote, safe=""),
    "word": word,
}
ENVIRONMENT.globals |= {
    "asset": asset,
    "counted": counted,
    "dot": dot,
    "lasted": lasted,
    "say": states.say,
    "tone": states.tone,
}
