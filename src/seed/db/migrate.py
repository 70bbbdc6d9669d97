"""Bring the database to the newest shape.

SQLite rebuilds a table to change it; with foreign keys enforced that would delete child rows. So keys are
off while migrating, and checked afterwards.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from seed.db.base import Database
from seed.errors import SeedError

HERE = Path(__file__).parent


class DatabaseDamaged(SeedError):
    """After migrating, rows point to rows that do not exist."""

    code = "database-damaged"


def migrate(database: Database, revision: str = "head") -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("path_separator", "os")
    with database.plain.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
        orphans = connection.execute(sa.text("PRAGMA foreign_key_check")).fetchall()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    if orphans:
        raise DatabaseDamaged(
            f"The database has rows without their parents: {orphans[0][0]}.",
            hint="Restore the backup that was made before the upgrade.",
        )
