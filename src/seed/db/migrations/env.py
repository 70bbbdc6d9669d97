"""Alembic's entry: online only, on the connection that `seed.db.migrate` hands over."""

from alembic import context

import seed.db.records  # noqa: F401, so that the metadata is whole
from seed.db.base import Base


def include(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """The durable engine keeps its own tables in the same file; they are not ours to migrate."""
    return kind != "table" or name in Base.metadata.tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_object=include,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
