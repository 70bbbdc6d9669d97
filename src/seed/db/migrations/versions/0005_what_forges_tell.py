"""What forges tell, the pull requests known, and the checks of commits."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("apps", sa.Column("wait_for_checks", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("apps", sa.Column("required_checks", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "heard_events",
        sa.Column("id", sa.Integer(), nullable=False),
        _app("heard_events"),
        sa.Column("forge", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard_events")),
    )
    op.create_index("ix_heard_events_due", "heard_events", ["state", "due_at"])
    op.create_index("ix_heard_events_subject", "heard_events", ["app_id", "subject", "id"])
    op.create_table(
        "pull_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        _app("pull_requests"),
        sa.Column("number", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("state", "head_branch", "head_commit", "base_branch", "title", "author")
        ),
        sa.Column("from_fork", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_requests")),
        sa.UniqueConstraint("app_id", "number", name=op.f("uq_pull_requests_app_id_number")),
    )
    op.create_table(
        "commit_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        _app("commit_checks"),
        sa.Column("commit", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commit_checks")),
        sa.UniqueConstraint("app_id", "commit", "source", name=op.f("uq_commit_checks_app_id_commit_source")),
    )


def _app(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("apps.id", name=op.f(f"fk_{table}_app_id_apps"), ondelete="CASCADE")
    return sa.Column("app_id", sa.Integer(), key, nullable=False)
