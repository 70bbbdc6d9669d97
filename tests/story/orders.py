"""What a story does to the sample service."""

from __future__ import annotations

from tests.support.seeds import TestApp

KEY = "          - {AttributeName: id, KeyType: HASH}"
TWO_KEYS = f"{KEY}\n          - {{AttributeName: at, KeyType: RANGE}}"
ATTRIBUTE = "          - {AttributeName: id, AttributeType: S}"
TWO_ATTRIBUTES = f"{ATTRIBUTE}\n          - {{AttributeName: at, AttributeType: S}}"


def replace_the_table(app: TestApp) -> None:
    app.repository.edit("api/serverless.yml", KEY, TWO_KEYS)
    app.repository.edit("api/serverless.yml", ATTRIBUTE, TWO_ATTRIBUTES)
    app.repository.commit("Another key")
