"""Keep what a webhook told, once, in one short transaction: it is worked after the forge has its answer."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import App, Delivery
from seed.builds.records import Build
from seed.connections.records import CommitCheck, ForgeMessage, HeardEvent
from seed.db.base import now, ring
from seed.errors import Invalid
from seed.forges.events import kind_of, to_json
from seed.forges.webhooks import Webhook, subject_of
from seed.git import repository_path

TOPIC = "forges"
KEEP_DAYS = 30
KEEP_CHECKS_DAYS = 90


class OtherRepository(Invalid):
    """A webhook with this app's secret tells of another repository."""

    code = "other-repository"


def hear(session: Session, app: App, forge: str, webhook: Webhook) -> list[HeardEvent] | None:
    """The rows made; None where this delivery was heard before."""
    check_repository(app, webhook)
    known = sa.select(Delivery.id).where(Delivery.app_id == app.id, Delivery.delivery.in_(webhook.ids))
    if session.scalar(known.limit(1)):
        return None
    session.add_all(Delivery(app_id=app.id, delivery=one) for one in webhook.ids)
    rows = [
        HeardEvent(
            app_id=app.id,
            forge=forge,
            delivery=webhook.ids[0],
            kind=kind_of(event),
            subject=subject_of(event),
            body=to_json(event),
        )
        for event in webhook.events
    ]
    session.add_all(rows)
    session.flush()
    ring(session, TOPIC)
    return rows


def check_repository(app: App, webhook: Webhook) -> None:
    """One secret could be set at two repositories by mistake; a local repository has no name to compare."""
    ours = repository_path(app.repository)
    if ours and webhook.repository and webhook.repository.lower() != ours.lower():
        raise OtherRepository(
            f"The webhook is about {webhook.repository[:200]!r}, and this app is {ours!r}.",
            hint="Send it to the address of the app of that repository.",
        )


def forget(session: Session) -> None:
    """Deliveries are known by their ids for a month: no forge repeats one for so long. What was told goes as well."""
    before = now() - timedelta(days=KEEP_DAYS)
    session.execute(sa.delete(Delivery).where(Delivery.at < before))
    session.execute(sa.delete(HeardEvent).where(HeardEvent.at < before, HeardEvent.state != "waiting"))
    session.execute(sa.delete(CommitCheck).where(CommitCheck.at < now() - timedelta(days=KEEP_CHECKS_DAYS)))
    told = sa.and_(ForgeMessage.changed_at < before, ForgeMessage.state != "waiting", ForgeMessage.kind != "comment")
    # The last deployment of a stage is told once more, when the stage goes.
    last = (
        sa.select(sa.func.max(ForgeMessage.build_id))
        .join(Build, Build.id == ForgeMessage.build_id)
        .where(ForgeMessage.kind == "deployment")
        .group_by(Build.stage_id)
    )
    is_last = sa.and_(ForgeMessage.kind == "deployment", ForgeMessage.build_id.in_(last.scalar_subquery()))
    session.execute(sa.delete(ForgeMessage).where(told, ~is_last))
