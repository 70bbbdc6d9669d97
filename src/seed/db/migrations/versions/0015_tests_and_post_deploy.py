"""Unit tests of an app's services, and what a stage runs after a deployment."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("apps", sa.Column("unit_tests", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("stages", sa.Column("post_deploy", sa.String(), nullable=False, server_default=""))
