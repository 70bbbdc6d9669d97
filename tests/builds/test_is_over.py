"""When nobody needs to follow a build any more, and its files may go."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.support.seeded import Seeded

from seed.builds.find import is_over
from seed.builds.records import Build, DownstreamPackage, ServiceBuild


@pytest.mark.parametrize(
    ("build", "package", "over"),
    [
        ("succeeded", "ready", True),
        ("failed", "failed", True),
        ("succeeded", "making", False),
        ("succeeded", "missing", True),
        ("running", "ready", False),
        ("queued", "ready", False),
    ],
)
def test_a_build_is_over_with_the_packages_made_beside_it(
    shop: Seeded, build: str, package: str, *, over: bool
) -> None:
    with shop.world.database.write() as session:
        made = session.scalars(sa.select(DownstreamPackage)).first()
        row = session.get_one(ServiceBuild, made.service_build_id).build
        session.execute(sa.update(DownstreamPackage).values(state=package))
        row.state = build
        session.flush()

        assert is_over(session, row.id) is over


def test_one_that_is_gone_is_over(shop: Seeded) -> None:
    with shop.world.database.read() as session:
        assert is_over(session, 1 + session.scalar(sa.select(sa.func.max(Build.id))))
