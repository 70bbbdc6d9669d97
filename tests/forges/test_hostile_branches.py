"""A branch may be called whatever Git takes: the stage's name, what commands see, the status and the removal hold."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.forges.hearing import Github, builds, heard
from tests.forges.stages import branch, deleted, finish, made, pushed, switch, work
from tests.support.seeded import Seeded

from seed.apps.records import BRANCH
from seed.apps.stage_names import check_stage_name
from seed.builds.records import Build
from seed.connections.tell import told_build
from seed.forges.render import status_of
from seed.removals.records import Removal
from seed.work.hearing.automatic_stages import remove_what_closed

pytestmark = pytest.mark.usefixtures("idle")

COUNTED = "stage_name_constructor: 'echo n$(printf %s \"$SEED_STAGE_BRANCH\" | wc -c)'\n"
"""Names the stage by how many bytes of the branch's name reached the command."""
HOSTILE = {
    "a command": "$(touch${IFS}pwned)",
    "backticks": "`touch${IFS}pwned`",
    "a list of commands": "a;touch${IFS}pwned;b&&c|d",
    "quotes": "'a\"b'\"",
    "long": "x" * 200,
    "long in folders": "/".join(["x" * 19] * 10),
    "another alphabet": "función/日本語/🌱",
    "right to left": "\u202egnp.nimda",
    "encoded dots": "%2e%2e/%2e%2e/etc",
    "a tag": "<script>alert(1)</script>",
    "a word of ours": "settings",
}
SEEN = ("a command", "quotes", "right to left")
REFUSED = ["../../etc/passwd", "$(touch pwned)", "a\x00b"]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_branchs_name_is_text_all_the_way(shop: Seeded, github: Github, name: str) -> None:
    switch(shop, BRANCH, remove=True)

    commit = pushed(shop, github, name)

    [stage], [build] = made(shop), builds(shop)
    assert (stage.branch, check_stage_name(stage.name)) == (name, stage.name)
    assert (build.branch, build.commit) == (name, commit)
    with shop.world.database.read() as session:
        status = status_of(told_build(session.get_one(Build, build.id), "", str))
    assert (status.commit, status.context) == (commit, f"seed/{stage.name}")

    deleted(shop, github, name)
    finish(shop)
    remove_what_closed(shop.world)
    with shop.world.database.read() as session:
        assert session.scalars(sa.select(Removal.stage).where(Removal.stage == stage.name)).all() == [stage.name]
    assert list(shop.world.settings.data.rglob("pwned")) == list(shop.repository.folder.rglob("pwned")) == []


@pytest.mark.parametrize("name", [HOSTILE[one] for one in SEEN], ids=SEEN)
def test_a_command_that_names_the_stage_sees_it_as_it_is(shop: Seeded, github: Github, name: str) -> None:
    switch(shop, BRANCH)
    shop.repository.write("seed.yml", COUNTED)
    shop.repository.commit("Counted")

    pushed(shop, github, name)

    assert [stage.name for stage in made(shop)] == [f"n{len(name.encode())}"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_git_would_not_take_gets_nothing_and_says_so(shop: Seeded, github: Github, name: str) -> None:
    switch(shop, BRANCH)

    answer = github.push(branch(shop, "innocent"), name)
    work(shop)

    assert answer.status_code == 202
    assert (made(shop), builds(shop)) == ([], [])
    [row] = heard(shop.world)
    assert row.state == "done"
    assert "cannot name a branch" in row.outcome
