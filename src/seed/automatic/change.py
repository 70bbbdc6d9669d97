"""Switch stages for branches or pull requests on or off, and say how they begin and end."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from seed.apps.records import ORIGINS, App
from seed.audit.record import record
from seed.automatic.find import settings_of, sources_of
from seed.automatic.records import AutomaticStages
from seed.db.base import ring
from seed.errors import Invalid
from seed.people.actor import Actor

MOST_STAGES, MOST_DAYS, LONGEST = 200, 3650, 1000


@dataclass(frozen=True, slots=True)
class Change:
    """None leaves it as it is."""

    on: bool | None = None
    copy_from: str | None = None
    only: str | None = None
    most: int | None = None
    remove: bool | None = None
    empty_buckets: bool | None = None
    idle_days: int | None = None
    forks: bool | None = None
    previews: bool | None = None


def change_automatic(session: Session, actor: Actor, app: App, origin: str, change: Change) -> AutomaticStages:
    """A stage that is there already stays as it was made."""
    actor.must("admin")
    if origin not in ORIGINS:
        raise Invalid(f"There are no stages for each {origin[:40]!r}.", hint="branch or pull-request")
    row = settings_of(session, app.id, origin)
    if change.copy_from:
        stage = next((one for one in sources_of(session, app.id) if one.name == change.copy_from), None)
        if stage is None:
            raise Invalid(
                f"{change.copy_from[:40]!r} cannot be copied from.",
                hint="A development stage that somebody made.",
                where="copy_from",
            )
        row.copy_from_id = stage.id
    if change.most is not None and not 1 <= change.most <= MOST_STAGES:
        raise Invalid(f"There may be 1 to {MOST_STAGES} of them.", where="most")
    if change.idle_days is not None and not 0 <= change.idle_days <= MOST_DAYS:
        raise Invalid(f"Idle for 0 to {MOST_DAYS} days; 0 never removes one.", where="idle_days")
    if change.only is not None and (len(change.only) > LONGEST or not change.only.isprintable()):
        raise Invalid("These patterns cannot be read.", hint="feature/*, fix/*", where="only")
    if change.forks and origin != "pull-request":
        raise Invalid("Only pull requests come from forks.", where="forks")
    plain = {name: value for name, value in asdict(change).items() if name != "copy_from"}
    given = {name: value for name, value in plain.items() if value is not None}
    for name, value in given.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    record(session, actor.name, "app.automatic_stages", app.slug, app_id=app.id, origin=origin,
           **given, **({"copy_from": change.copy_from} if change.copy_from else {}))  # fmt: skip
    ring(session, f"app:{app.id}")
    return row
