"""One build at a time holds a stage, whatever the queue thinks."""

from __future__ import annotations

import pytest
from tests.support.machines import emptied, stage_with, world_of

from seed.apps.records import StageLock
from seed.builds.deploy import Commit, add_build
from seed.work.jobs.lock import StageLocked
from seed.work.rows import begin, end


def test_who_comes_second_is_told_who_holds_the_stage_and_since_when() -> None:
    world = emptied(world_of("stage-lock"))
    with world.database.write() as session:
        stage, services = stage_with(session, "api")
        first, second = (
            add_build(session, stage.id, Commit("a" * 40), services, trigger="push", branch="main", asked_by="seed")
            for _ in range(2)
        )
    begin(world, first.id)
    begin(world, first.id)  # after a crash
    with world.database.read() as session:
        since = session.get_one(StageLock, stage.id).taken_at

    with pytest.raises(
        StageLocked, match=f"^Build {first.number} has worked on dev since {since:%d %b %Y, %H:%M:%S} UTC"
    ):
        begin(world, second.id)

    end(world, first.id)
    with world.database.read() as session:
        assert session.get(StageLock, stage.id) is None
