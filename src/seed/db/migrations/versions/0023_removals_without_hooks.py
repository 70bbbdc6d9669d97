"""A removal may leave out the hooks of what it removes."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("removals", sa.Column("skip_hooks", sa.Boolean(), server_default=sa.false(), nullable=False))
