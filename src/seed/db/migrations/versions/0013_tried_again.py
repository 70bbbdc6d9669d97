"""Attempts of deployments and removals that were tried again by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_builds", sa.Column("attempts", sa.JSON(), nullable=True))
    op.add_column("removed_stacks", sa.Column("attempts", sa.JSON(), nullable=True))
