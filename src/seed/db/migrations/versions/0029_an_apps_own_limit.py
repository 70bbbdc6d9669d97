"""An app may let fewer of its stages work at a time than the server does."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("apps", sa.Column("stages_at_once", sa.Integer(), nullable=False, server_default="0"))
