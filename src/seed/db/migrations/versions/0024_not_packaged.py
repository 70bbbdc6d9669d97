"""A build says why no package for the stages downstream is made beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("builds", sa.Column("not_packaged", sa.String(), server_default="", nullable=False))
