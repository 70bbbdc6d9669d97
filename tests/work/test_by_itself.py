"""Whether a build goes on by itself: Git may take its time over that, and holds nobody up meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import QueuePool
from tests.work.meeting_aws import opened

from seed.builds.deploy import Commit, add_build
from seed.builds.records import ServiceBuild
from seed.git import Mirror
from seed.work.promoting.auto_promote import promote_by_itself


def test_git_is_asked_while_no_transaction_is_open(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        pool = shop.world.database.engine.pool
        assert isinstance(pool, QueuePool)
        opened_then: list[int] = []

        class Slow(Mirror):
            def holds(self, branch: str, sha: str) -> bool:
                opened_then.append(pool.checkedout())
                return (branch, sha) == ("main", shop.commit)

        with shop.world.database.write() as session:
            build = add_build(
                session, shop.dev.id, Commit(shop.commit), [shop.service], trigger="manual", branch="main", asked_by="A"
            )
            build.state = "succeeded"
            session.flush()
            row = session.query(ServiceBuild).filter_by(build_id=build.id).one()
            row.state, row.package_digest = "succeeded", "sha256:1"

        world = replace(shop.world, mirror=lambda app: Slow(shop.world.folders.mirror(app.id), app.repository))
        promote_by_itself(world, build.id)

        assert opened_then == [0]
