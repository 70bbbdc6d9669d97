"""A new master key for everything that is sealed, in one transaction, while the server works.

Every column that holds something sealed is named `sealed_…`; so none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.base import Base, Database
from seed.db.vault import Vault
from seed.people.actor import Actor

PREFIX = "sealed_"
Bare = Callable[[Session], None]


def rotate_keys(database: Database, vault: Vault, actor: Actor, bare: Bare = lambda _session: None) -> int:
    """How many values were rewrapped. `bare` seals anew what has no envelope yet. Cut short, it is begun again."""
    actor.must("admin")
    vault.add_key()
    with database.write() as session:
        bare(session)
        session.flush()
        count = sum(_rewrap(session, vault, column) for column in sealed_columns())
        record(session, actor.name, "keys.rotated", "", values=count)
    vault.forget_old_keys()
    return count


def sealed_columns() -> list[sa.Column[bytes]]:
    tables = Base.metadata.sorted_tables
    return [column for table in tables for column in table.columns if column.name.startswith(PREFIX)]


def _rewrap(session: Session, vault: Vault, column: sa.Column[bytes]) -> int:
    table = column.table
    assert isinstance(table, sa.Table)  # noqa: S101, a column of a record
    keys = list(table.primary_key.columns)
    rows = session.execute(sa.select(*keys, column).where(column.is_not(None))).all()
    for row in rows:
        here = [key == value for key, value in zip(keys, row, strict=False)]
        session.execute(sa.update(table).where(*here).values({column.name: vault.rewrap(row[-1])}))
    return len(rows)
