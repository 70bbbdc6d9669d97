"""A stage's badge: the state of its last build and nothing else, at an address that nobody can guess."""

from __future__ import annotations

import secrets
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.audit.record import record
from seed.builds.records import Build
from seed.db.base import ring
from seed.errors import NotFound
from seed.notify.records import StageBadge
from seed.people.actor import Actor

Style = Literal["default", "flat"]
SHOWN = {"succeeded": ("passing", "#1f7a3d"), "failed": ("failing", "#b3261e"), "": ("no build", "#5f6368")}
LABEL, LABEL_WIDTH, HEIGHT, LETTER = "build", 42, 20, 6.2


def badge_of(session: Session, actor: Actor, stage: Stage) -> StageBadge | None:
    actor.must("read")
    return session.scalar(sa.select(StageBadge).where(StageBadge.stage_id == stage.id))


def set_badge(session: Session, actor: Actor, stage: Stage, *, on: bool) -> StageBadge | None:
    """Off forgets the address: on again, it is another one."""
    actor.must("admin")
    row = badge_of(session, actor, stage)
    if on == (row is not None):
        return row
    made = StageBadge(stage_id=stage.id, key=secrets.token_urlsafe(18)) if on else None
    if made is not None:
        session.add(made)
    else:
        session.delete(row)
    session.flush()
    record(session, actor.name, "stage.badge", stage.name, app_id=stage.app_id, on=on)
    ring(session, f"app:{stage.app_id}")
    return made


def badge_link(url: str, row: StageBadge | None) -> str:
    """Empty where there is none."""
    return f"{url}/badges/{row.key}.svg" if row else ""


def public_state(session: Session, key: str) -> str:
    """For anybody: "succeeded", "failed", or "" before the first build has ended so."""
    row = session.scalar(sa.select(StageBadge).where(StageBadge.key == key))
    if row is None:
        raise NotFound("There is no badge here.")
    ended = sa.and_(Build.stage_id == row.stage_id, Build.state.in_(("succeeded", "failed")))
    return session.scalar(sa.select(Build.state).where(ended).order_by(Build.number.desc()).limit(1)) or ""


def svg(state: str, style: Style) -> str:
    """Pure. Nothing but words of ours goes in."""
    word, colour = SHOWN[state]
    width = LABEL_WIDTH + round(len(word) * LETTER) + 14
    radius, shine = (0, "") if style == "flat" else (3, f'<rect width="{width}" height="{HEIGHT}" fill="url(#s)"/>')
    fade = "" if style == "flat" else (
        '<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#fff" stop-opacity=".12"/>'
        '<stop offset="1" stop-opacity=".12"/></linearGradient>'
    )  # fmt: skip
    texts = "".join(
        f'<text x="{x}" y="14" textLength="{len(text) * LETTER:.1f}">{text}</text>'
        for text, x in ((LABEL, LABEL_WIDTH / 2), (word, LABEL_WIDTH + (width - LABEL_WIDTH) / 2))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" role="img"'
        f' aria-label="{LABEL}: {word}"><title>{LABEL}: {word}</title>{fade}'
        f'<clipPath id="r"><rect width="{width}" height="{HEIGHT}" rx="{radius}"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{LABEL_WIDTH}" height="{HEIGHT}" fill="#3c4043"/>'
        f'<rect x="{LABEL_WIDTH}" width="{width - LABEL_WIDTH}" height="{HEIGHT}" fill="{colour}"/>{shine}</g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g>'
        "</svg>"
    )
