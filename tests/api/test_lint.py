"""A build spec is checked through the API as `seed lint` checks it."""

from __future__ import annotations

from starlette.testclient import TestClient

from seed import spec


def test_every_problem_is_told_with_its_line_and_a_good_file_has_none(reader: TestClient) -> None:
    found = reader.post("/lint", json={"text": "timeout: 5\nbefore_biuld: [x]\n"}).json()

    assert [(one["line"], one["hint"]) for one in found] == [(2, "Did you mean before_build?")]
    assert reader.post("/lint", json={"text": "before_build: [make]\n"}).json() == []


def test_the_schema_is_that_of_the_command(reader: TestClient) -> None:
    assert reader.get("/seed.schema.json").json() == spec.schema()
