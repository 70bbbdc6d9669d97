"""Only the functions that changed: the stage's switch, and what CloudFormation does not know of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stages", sa.Column("functions_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("service_builds", sa.Column("code_ahead", sa.Boolean(), nullable=False, server_default=sa.false()))
