"""A stage's lock counts no more how often it was taken: nothing ever asked for it (ADR 12)."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stage_locks") as batch:
        batch.drop_column("fence")
