"""An admin may allow that branches and pull requests are packaged for production before anybody promotes them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("automatic_stages", sa.Column("previews", sa.Boolean(), server_default=sa.false(), nullable=False))
