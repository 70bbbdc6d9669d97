"""Checks under way are known too, and each suite's for itself; time and number tell which word is the newest."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("commit_checks") as batch:
        batch.add_column(sa.Column("origin", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("number", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("said_at", sa.DateTime(), nullable=True))
        batch.drop_constraint(op.f("uq_commit_checks_app_id_commit_source"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_commit_checks_app_id_commit_source_origin"), ["app_id", "commit", "source", "origin"]
        )
