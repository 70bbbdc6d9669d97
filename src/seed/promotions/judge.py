"""Say something of a finding: accept it for a while, mark it as wrong, or take that back. All of it is audited."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from seed.apps.records import App
from seed.audit.record import record
from seed.db.base import now, ring
from seed.errors import Conflict, Invalid, NotFound
from seed.people.actor import Actor
from seed.promotions.records import Promotion, Verdict
from seed.promotions.verdicts import ACCEPTED, WRONG, Said

LONGEST_REASON = 2000
MOST_DAYS = 366
SAID = {ACCEPTED: "accepted", WRONG: "marked as wrong"}


def accept(session: Session, actor: Actor, promotion: Promotion, said: Said, reason: str, days: float) -> Verdict:
    """It stays in every review of the app, folded away, until its time is over."""
    if not 0 < days <= MOST_DAYS:
        raise Invalid(f"Accept it for 1 to {MOST_DAYS} days.", hint="After that it is read again.", where="days")
    return _say(session, actor, promotion, said, ACCEPTED, reason, days)


def mark_wrong(session: Session, actor: Actor, promotion: Promotion, said: Said, reason: str) -> Verdict:
    """It stays where it is and says that somebody thinks it wrong: nothing that may be true is hidden."""
    return _say(session, actor, promotion, said, WRONG, reason, None)


def withdraw(session: Session, actor: Actor, app: App, verdict_id: int) -> Verdict:
    actor.must("deploy")
    row = session.get(Verdict, verdict_id)
    if row is None or row.app_id != app.id:
        raise NotFound(f"Nothing was said of a finding under the number {verdict_id}.")
    if row.withdrawn_at is not None:
        raise Conflict(f"{row.withdrawn_by} has taken that back already.")
    row.withdrawn_at, row.withdrawn_by = now(), actor.name
    record(session, actor.name, "finding.withdrawn", _name(row), app_id=app.id,
           said=f"{SAID[row.kind]} by {row.person}", promotion=row.promotion_id)  # fmt: skip
    _ring(session, row)
    return row


def _say(
    session: Session, actor: Actor, promotion: Promotion, said: Said, kind: str, reason: str, days: float | None
) -> Verdict:
    actor.must("deploy")
    if not reason.strip():
        raise Invalid("Say why, for those who read it next.", where="reason")
    finding = said.finding
    row = Verdict(
        app_id=promotion.app_id,
        kind=kind,
        key=said.key,
        service=said.service,
        rule=finding.rule,
        logical_id=finding.logical_id,
        sentence=finding.sentence,
        reason=reason.strip()[:LONGEST_REASON],
        promotion_id=promotion.id,
        person=actor.name,
        until=now() + timedelta(days=days) if days else None,
        withdrawn_by="",
    )
    session.add(row)
    session.flush()
    limit = {"until": row.until.isoformat(timespec="seconds")} if row.until else {}
    record(session, actor.name, f"finding.{kind}", _name(row), app_id=row.app_id,
           sentence=row.sentence, reason=row.reason, promotion=row.promotion_id, **limit)  # fmt: skip
    _ring(session, row)
    return row


def _name(row: Verdict) -> str:
    return f"{row.service} {row.rule} {row.logical_id}".strip()


def _ring(session: Session, row: Verdict) -> None:
    ring(session, f"app:{row.app_id}", *([f"promotion:{row.promotion_id}"] if row.promotion_id else []))
