"""A stage that is removed says goodbye at its forge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.forges.telling import Speaking, app_of

from seed.apps.records import Stage
from seed.connections.hear import forget as forget_old
from seed.connections.records import ForgeMessage
from seed.db.base import now
from seed.promotions.records import Promotion
from seed.removals.forget import forget


def feature(session: Any) -> Stage:
    return session.scalars(sa.select(Stage).where(Stage.name == "feature")).one()  # type: ignore[no-any-return]


@pytest.mark.parametrize("promoted", [False, True])
def test_a_stage_that_is_removed_says_goodbye_also_when_its_rows_are_gone(speaking: Speaking, promoted: bool) -> None:
    speaking.connect()
    speaking.request(head_branch="feature")
    builds = [speaking.build("feature", "feature"), speaking.build("feature", "feature")]
    other = speaking.build()
    for build in (*builds, other):
        speaking.now_is(build, "succeeded")
    speaking.tell()
    if promoted:  # the stage is kept as a memory, and its builds ended just now
        speaking.write(lambda s: s.add(Promotion(app_id=app_of(s).id, source_build_id=builds[1], asked_by="x",
            target_stage_id=s.scalars(sa.select(Stage.id).where(Stage.name == "prod")).one(), state="promoted")))  # fmt: skip

    speaking.write(lambda session: forget(session, feature(session)))
    for _ in range(2):
        speaking.hurry()
        speaking.tell()

    states = [(told[-1].environment, told[-1].state) for told in speaking.forge.deployments.values()]
    assert states == [("feature", "cancelled"), ("feature", "cancelled"), ("dev", "succeeded")]
    [comment] = speaking.forge.comments.values()
    assert "feature was removed" in comment.text
    assert comment.text.startswith(comment.mark)


def test_the_last_deployment_of_a_stage_is_remembered_for_its_end(speaking: Speaking) -> None:
    speaking.connect()
    for _ in range(2):
        speaking.now_is(speaking.build("feature", "feature"), "succeeded")
        speaking.tell()
    speaking.write(lambda s: s.execute(sa.update(ForgeMessage).values(changed_at=now() - timedelta(days=40))))

    speaking.write(forget_old)

    assert [row.kind for row in speaking.rows()] == ["deployment"]
