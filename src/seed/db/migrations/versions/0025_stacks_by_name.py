"""Who deploys a stack is found by its name."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_service_builds_stack", "service_builds", ["stack_name"])
