"""A build of which only some services were promoted says so."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("builds", sa.Column("partly_promoted", sa.Boolean(), server_default=sa.false(), nullable=False))
