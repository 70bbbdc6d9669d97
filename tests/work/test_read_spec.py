"""The build spec of a commit, read without a checkout."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.support.seeded import Seeded

from seed.apps.records import App
from seed.spec import BuildSpec, SpecNotReadable
from seed.work.commands.hooks import read_spec


def spec_of(shop: Seeded, commit: str) -> BuildSpec:
    with shop.world.database.read() as session:
        app = session.scalars(sa.select(App)).one()
    return read_spec(shop.world, app, commit)


def test_a_commit_without_one_has_an_empty_one(shop: Seeded) -> None:
    assert spec_of(shop, shop.repository.commit("None", allow_empty=True)) == BuildSpec()


def test_it_is_that_of_the_commit_and_not_of_what_came_after(shop: Seeded) -> None:
    shop.repository.write("seed.yml", "check_code_change: false\n")
    commit = shop.repository.commit("One")
    shop.repository.write("seed.yml", "before_biuld: []\n")
    shop.repository.commit("Spoiled")

    assert spec_of(shop, commit).check_code_change == "off"


def test_a_link_in_its_place_is_told_and_not_passed_over(shop: Seeded) -> None:
    shop.repository.write("ci/seed.yml", "before_build: [npm test]\n")
    (shop.repository.folder / "seed.yml").symlink_to("ci/seed.yml")

    with pytest.raises(SpecNotReadable, match="is a link"):
        spec_of(shop, shop.repository.commit("Linked"))
