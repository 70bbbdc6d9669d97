"""Somebody asked CloudFormation to take a running update back."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("builds", sa.Column("cancel_update", sa.Boolean(), server_default=sa.false(), nullable=False))
