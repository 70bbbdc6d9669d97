"""The login that a repository's address carries is sealed; what is there is sealed by the server's start."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("apps", sa.Column("sealed_login", sa.LargeBinary(), nullable=True))
