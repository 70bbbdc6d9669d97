"""A failure that people know, on the pages that tell of it."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import FAILURE, Seeded

from seed.builds.records import ServiceBuild
from seed.errors import SeedError
from seed.work.rows import as_failure


def test_its_cause_and_fix_stand_with_what_was_said(own: Seeded, own_alice: TestClient) -> None:
    failure = as_failure(SeedError(FAILURE["sentence"], hint=FAILURE["hint"]))
    assert failure["known"]["slug"] == "resource-exists"
    with own.world.database.write() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.state == "failed")).first()
        row.failure = failure
        stage, number, slug = row.build.stage.name, row.build.number, row.build.stage.app.slug

    page = own_alice.get(f"/apps/{slug}/{stage}/builds/{number}").text

    assert "already exists in stack" in page
    assert page.index("already exists in stack") < page.index("whose name is taken")
    assert failure["known"]["fix"].split(",")[0] in page
    assert 'href="/findings#name-taken"' in page
    assert 'id="name-taken"' in own_alice.get("/findings").text


def test_what_nobody_knows_is_told_as_it_is() -> None:
    assert "known" not in as_failure(SeedError("Something else went wrong."))
