"""What a stage runs after a deployment: set by those who may, line by line."""

from __future__ import annotations

import pytest
from tests.apps.staged import ALICE
from tests.support.seeded import Seeded

from seed.apps.find import stage_of
from seed.apps.post_deploy import set_post_deploy
from seed.errors import Invalid
from seed.people.actor import Actor, NotAllowed


def given(shop: Seeded, *commands: str, actor: Actor = ALICE) -> str:
    shop.write(lambda s: set_post_deploy(s, actor, stage_of(s, ALICE, "shop", "prod"), commands))
    with shop.server.world.database.read() as session:
        return stage_of(session, ALICE, "shop", "prod").post_deploy


def test_blank_lines_are_left_out_and_none_takes_it_away(shop: Seeded) -> None:
    assert given(shop, " npm run smoke ", "", "\techo\tdone\r") == "npm run smoke\necho\tdone"
    assert given(shop) == ""


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("true",) * 101, "101 commands are too many"),
        (("true", "x" * 9000), "Command 2 is longer than 8192"),
        (("a\0b",), "Command 1 has a character that is no text"),
        (("a\nb",), "Command 1 has a character that is no text"),
    ],
)
def test_what_cannot_be_run_is_refused(shop: Seeded, commands: tuple[str, ...], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        given(shop, *commands)


def test_it_runs_with_the_stages_credentials_so_an_administrator_sets_it(shop: Seeded) -> None:
    with pytest.raises(NotAllowed):
        given(shop, "env", actor=Actor(2, "Bob", "deploy"))
