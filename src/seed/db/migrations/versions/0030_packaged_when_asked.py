"""A stage may be packaged for only when somebody promotes to it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stages", sa.Column("package_when_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
