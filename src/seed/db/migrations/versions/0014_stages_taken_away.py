"""A stage that was taken away keeps the history of what was promoted from it; its name is free again."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(), nullable=True))
        batch_op.drop_constraint("uq_stages_app_id_name", type_="unique")
        batch_op.create_index(
            "ix_stages_name_once", ["app_id", "name"], unique=True, sqlite_where=sa.text("removed_at IS NULL")
        )
