"""Promotions that come by themselves, and how much of them is read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stages", sa.Column("auto_promote", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("confirmations") as batch:  # Seed itself is nobody of the people
        batch.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
