"""What was tried again by itself stands on the build's page."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.builds.records import ServiceBuild


def test_each_attempt_stands_on_the_page_with_what_it_said(own: Seeded, own_alice: TestClient) -> None:
    said = "Another Deployment is in progress for rest api with id <a1>"
    at = "2026-11-23T10:00:00+00:00"
    attempts = [
        {"number": number, "status": "ROLLBACK_COMPLETE", "reason": f"{said} {number}", "remove": number == 1,
         "ended_at": at, "again_at": at}
        for number in (1, 2)
    ]  # fmt: skip
    with own.world.database.write() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.state == "failed")).first()
        row.attempts = attempts
        stage, number, slug = row.build.stage.name, row.build.number, row.build.stage.app.slug

    page = own_alice.get(f"/apps/{slug}/{stage}/builds/{number}").text

    assert page.count("Tried again by itself.") == 2
    assert page.count("The stack, never deployed well, was removed.") == 1
    assert "rest api with id &lt;a1&gt; 2" in page
