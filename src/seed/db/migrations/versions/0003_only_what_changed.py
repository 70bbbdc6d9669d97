"""Only what changed: the app's way to find it, forced builds, and where each service was."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("apps", sa.Column("check_code_change", sa.String(), nullable=False, server_default="git"))
    op.add_column("builds", sa.Column("forced", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("service_builds", sa.Column("path", sa.String(), nullable=True))
    op.add_column("service_builds", sa.Column("phase", sa.Integer(), nullable=False, server_default="1"))
