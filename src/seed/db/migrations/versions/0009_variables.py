"""Variables with their versions, and with which of them a package was made."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "variables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer()),
        sa.Column("service_id", sa.Integer()),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_variables_app_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_variables_stage_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_variables_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variables")),
        sa.UniqueConstraint("app_id", "place", "name", name=op.f("uq_variables_app_id_place_name")),
    )
    op.create_index(op.f("ix_variables_stage_id"), "variables", ["stage_id"])
    op.create_table(
        "variable_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variable_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary()),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["variable_id"], ["variables.id"], name=op.f("fk_variable_versions_variable_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variable_versions")),
        sa.UniqueConstraint("variable_id", "number", name=op.f("uq_variable_versions_variable_id_number")),
    )
    op.create_index(op.f("ix_variable_versions_variable_id"), "variable_versions", ["variable_id"])
    op.add_column("service_builds", sa.Column("variables", sa.JSON()))
    op.add_column("downstream_packages", sa.Column("variables", sa.JSON()))
    op.add_column("downstream_packages", sa.Column("reason", sa.String(), nullable=False, server_default=""))
