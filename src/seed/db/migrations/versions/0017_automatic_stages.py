"""Stages come and go with branches and pull requests."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "automatic_stages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("copy_from_id", sa.Integer(), nullable=True),
        sa.Column("only", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("remove", sa.Boolean(), nullable=False),
        sa.Column("empty_buckets", sa.Boolean(), nullable=False),
        sa.Column("idle_days", sa.Integer(), nullable=False),
        sa.Column("forks", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["copy_from_id"], ["stages.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("app_id", "origin"),
    )
    op.create_table(
        "seen_branches",
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("commit", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("app_id", "branch"),
    )
    for name in ("origin", "closing"):
        op.add_column("stages", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.add_column("stages", sa.Column("pull_request", sa.Integer(), server_default="0", nullable=False))
    op.add_column("stages", sa.Column("made_at", sa.DateTime(), nullable=True))
    op.create_index(
        "ix_stages_pull_request_once", "stages", ["app_id", "pull_request"], unique=True,
        sqlite_where=sa.text("removed_at IS NULL AND pull_request > 0"),
    )  # fmt: skip
    op.add_column("builds", sa.Column("head_commit", sa.String(), server_default="", nullable=False))
