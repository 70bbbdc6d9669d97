"""A removal may leave the resources where they are."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("removals", sa.Column("keep", sa.Boolean(), server_default=sa.false(), nullable=False))
