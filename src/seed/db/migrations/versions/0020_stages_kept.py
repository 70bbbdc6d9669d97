"""A stage that would go by itself can be kept; what was kept is idle from then on."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stages", sa.Column("kept_at", sa.DateTime(), nullable=True))
