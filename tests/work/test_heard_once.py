"""A push that is told of twice is built once, and one whose server died over it is built all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.dying import Died, MortalDatabase
from tests.work.meeting_aws import Shop, opened

from seed.apps.records import Stage
from seed.builds.records import Build
from seed.git import sign
from seed.work.hearing.pushes import hear_webhook
from seed.work.world import World

LONG = "d" * 300


def told(shop: Shop, world: World, delivery: str) -> list[Build]:
    body = json.dumps({"ref": "refs/heads/main", "after": shop.commit}).encode()
    return hear_webhook(world, "shop", body, sign("s", body), delivery)


@pytest.mark.parametrize("delivery", ["one", LONG])
@pytest.mark.parametrize("lives", range(4))
def test_a_push_is_built_once_wherever_its_server_died(tmp_path: Path, lives: int, delivery: str) -> None:
    with opened(tmp_path) as shop:
        with shop.world.database.write() as session:
            session.get_one(Stage, shop.dev.id).auto_deploy = True

        try:
            told(shop, replace(shop.world, database=MortalDatabase(shop.world.database, lives)), delivery)
        except Died:
            told(shop, shop.world, delivery)
        assert told(shop, shop.world, delivery) == []

        with shop.world.database.read() as session:
            assert session.scalars(sa.select(Build.commit)).all() == [shop.commit]
