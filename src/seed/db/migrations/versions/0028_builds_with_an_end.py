"""A build has a time by which it ends, and whether it was stopped because that was over."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("builds", sa.Column("ends_by", sa.DateTime(), nullable=True))
    op.add_column("builds", sa.Column("overdue", sa.Boolean(), server_default=sa.false(), nullable=False))
