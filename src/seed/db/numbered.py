"""Numbers that are never given twice.

SQLite gives the number of a row that was deleted to the next one. Jobs, logs and change sets carry the numbers of
their rows, so a build that came after a removal would be taken for one that went with it. Rows whose number is
known outside of the database take theirs from a counter that only goes up.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from seed.db.base import Base


class LastNumber(Base):
    """The last number given in a table."""

    __tablename__ = "last_numbers"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Numbered:
    """A record whose `id` is used once. Only for rows that are added one by one."""

    id: Mapped[int]


@sa.event.listens_for(Numbered, "before_insert", propagate=True)
def _number(mapper: Mapper[Any], connection: sa.Connection, target: Numbered) -> None:
    if target.id is not None:
        return
    table = mapper.local_table
    counter = sa.table("last_numbers", sa.column("name"), sa.column("last"))
    highest = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)).scalar_subquery()
    from sqlalchemy.dialects.sqlite import insert

    given = insert(counter).values(name=mapper.local_table.description, last=highest + 1)
    given = given.on_conflict_do_update(
        index_elements=["name"], set_={"last": sa.func.max(counter.c.last, highest) + 1}
    )
    target.id = int(connection.execute(given.returning(counter.c.last)).scalar_one())
