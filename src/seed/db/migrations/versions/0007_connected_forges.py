"""Connections with forges, the outbox, and the previews for pull requests."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "pull_requests", sa.Column("heard_at", sa.DateTime(), nullable=False, server_default="2026-01-01 00:00:00")
    )
    op.create_table(
        "forge_connections",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("forge_connections", "app_id", "apps"),
        *_texts("forge", "api_url", "repository", "github_app"),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("statuses", "deployments", "comments")),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("told_until", sa.DateTime(), nullable=False),
        sa.Column("paused_until", sa.DateTime(), nullable=True),
        *_texts("problem"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forge_connections")),
        sa.UniqueConstraint("app_id", name=op.f("uq_forge_connections_app_id")),
    )
    op.create_table(
        "forge_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("forge_messages", "app_id", "apps"),
        *_texts("target", "kind"),
        sa.Column("build_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("state", "remote_id"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_texts("problem"),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forge_messages")),
        sa.UniqueConstraint("app_id", "target", name=op.f("uq_forge_messages_app_id_target")),
    )
    op.create_index("ix_forge_messages_due", "forge_messages", ["state", "due_at"])
    op.create_table(
        "build_previews",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("build_previews", "build_id", "builds"),
        _key("build_previews", "stage_id", "stages"),
        *_texts("text"),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_build_previews")),
        sa.UniqueConstraint("build_id", "stage_id", name=op.f("uq_build_previews_build_id_stage_id")),
    )


def _key(table: str, column: str, other: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}_{other}"), ondelete="CASCADE")
    return sa.Column(column, sa.Integer(), key, nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]
