"""What the rows say reaches the forge: the newest state, once, through outages and restarts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.forges.telling import SECRET, SHA, Speaking, app_of, problem

from seed.apps.records import Stage
from seed.builds.records import Build
from seed.connections.records import BuildPreview, ForgeConnection, ForgeMessage
from seed.db.base import now
from seed.forges.errors import ForgeBusy, ForgeNotReached, ForgeRefused
from seed.forges.webhooks import Forge
from seed.work.telling import forge_messages
from seed.work.telling.forge_messages import put_out, send_due


def test_a_build_is_told_from_its_queue_to_its_end(speaking: Speaking) -> None:
    speaking.connect()
    build = speaking.build()
    for state in ("queued", "running", "succeeded"):
        speaking.now_is(build, state)
        speaking.tell()
        speaking.hurry()
        speaking.tell()

    assert [status.state for status in speaking.forge.statuses] == ["queued", "running", "succeeded"]
    assert {(s.commit, s.context) for s in speaking.forge.statuses} == {(SHA, "seed/dev")}
    assert [[d.state for d in told] for told in speaking.forge.deployments.values()] == [
        ["queued", "running", "succeeded"]
    ]
    assert {row.state for row in speaking.rows()} == {"sent"}


def test_what_was_before_the_connection_is_not_told(speaking: Speaking) -> None:
    speaking.connect()

    speaking.tell()

    assert speaking.rows() == []


def test_what_was_told_is_not_told_again(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    for _ in range(3):
        speaking.tell()
        speaking.hurry()

    assert len(speaking.forge.statuses) == 1


def test_progress_is_told_now_and_then_and_the_end_at_once(speaking: Speaking) -> None:
    speaking.connect()
    build = speaking.build()
    speaking.tell()
    speaking.now_is(build, "running")
    speaking.tell()
    assert [status.state for status in speaking.forge.statuses] == ["queued"]

    speaking.now_is(build, "failed")
    speaking.tell()

    assert [status.state for status in speaking.forge.statuses] == ["queued", "failed"]


def test_an_outage_fails_nothing_and_the_newest_state_is_told_afterwards(speaking: Speaking) -> None:
    speaking.connect()
    build = speaking.build()
    speaking.forge.failure = ForgeNotReached("The forge answered 500.")
    for state in ("queued", "running", "running", "succeeded"):
        speaking.now_is(build, state)
        speaking.tell()
        speaking.hurry()
    assert [row.state for row in speaking.rows()] == ["waiting", "waiting"]
    assert "500" in speaking.rows()[0].problem

    speaking.forge.failure = None
    speaking.hurry()
    speaking.tell()

    assert [status.state for status in speaking.forge.statuses] == ["succeeded"]
    with speaking.world.database.read() as session:
        assert session.get_one(Build, build).state == "succeeded"


def test_an_outage_lets_the_whole_connection_rest(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    speaking.forge.failure = ForgeNotReached("The forge answered 500.")
    speaking.tell()
    tried = len(speaking.accesses)

    speaking.tell()

    assert len(speaking.accesses) == tried == 1


def test_a_rate_limit_is_waited_out_without_counting(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    until = now() + timedelta(minutes=20)
    speaking.forge.failure = ForgeBusy("Wait.", until=until)
    speaking.tell()

    [first, _] = speaking.rows()
    assert (first.due_at, first.attempts, first.state) == (until, 0, "waiting")
    with speaking.world.database.read() as session:
        assert session.scalars(sa.select(ForgeConnection)).one().paused_until == until


def test_a_refusal_is_kept_with_the_connection_until_something_goes_through(speaking: Speaking) -> None:
    speaking.connect()
    build = speaking.build()
    speaking.forge.failure = ForgeRefused("Bad credentials.", answered=401)
    speaking.tell()
    assert {row.state for row in speaking.rows()} == {"failed"}
    assert problem(speaking) == "Bad credentials."

    speaking.forge.failure = None
    speaking.now_is(build, "succeeded")
    speaking.tell()

    assert {row.state for row in speaking.rows()} == {"sent"}
    assert problem(speaking) == ""


def test_after_a_day_nobody_tries_any_more(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    speaking.forge.failure = ForgeNotReached("Gone.")
    speaking.tell()
    speaking.write(lambda session: session.execute(sa.update(ForgeMessage).values(attempts=forge_messages.TRIES)))
    speaking.hurry()
    send_due(speaking.world)

    assert speaking.rows()[0].state == "failed"


def test_what_changes_while_it_is_sent_is_sent_again(speaking: Speaking) -> None:
    speaking.connect(deployments=False)
    build = speaking.build()
    real = speaking.forge.status

    def meanwhile(status: Any) -> None:
        real(status)
        if status.state == "queued":
            speaking.now_is(build, "succeeded")
            with speaking.world.database.read() as session:
                connection, app = session.scalars(sa.select(ForgeConnection)).one(), app_of(session)
            put_out(speaking.world, connection, app)

    speaking.forge.status = meanwhile  # type: ignore[method-assign]
    speaking.tell()
    assert [row.state for row in speaking.rows()] == ["waiting"]
    speaking.hurry()
    send_due(speaking.world)

    assert [status.state for status in speaking.forge.statuses] == ["queued", "succeeded"]


def test_an_older_build_does_not_speak_over_a_newer_one(speaking: Speaking) -> None:
    speaking.connect(deployments=False)
    older, newer = speaking.build(), speaking.build()
    speaking.now_is(newer, "succeeded")
    speaking.tell()

    speaking.now_is(older, "cancelled")
    speaking.tell()

    assert [status.state for status in speaking.forge.statuses] == ["succeeded"]


def test_a_server_that_was_away_tells_what_happened_before_it_went(speaking: Speaking) -> None:
    speaking.connect(deployments=False)
    build = speaking.build()
    speaking.now_is(build, "succeeded")
    hours_ago = now() - timedelta(hours=5)
    speaking.write(lambda session: (
        session.execute(sa.update(Build).where(Build.id == build).values(ended_at=hours_ago)),
        session.execute(sa.update(ForgeConnection).values(told_until=hours_ago))))  # fmt: skip

    speaking.tell()

    assert [status.state for status in speaking.forge.statuses] == ["succeeded"]


def test_one_comment_is_updated_in_place_with_outputs_and_preview(speaking: Speaking) -> None:
    speaking.connect(statuses=False, deployments=False)
    speaking.request()
    build = speaking.build()
    speaking.tell()
    speaking.now_is(build, "succeeded", "succeeded", {"Endpoint": "https://x.example.com/dev", "Leak": f"a {SECRET} b"})
    speaking.tell()
    assert len(speaking.forge.comments) == 1
    with speaking.world.database.read() as session:
        prod = session.scalars(sa.select(Stage).where(Stage.name == "prod")).one()
    speaking.write(lambda session: session.add(BuildPreview(build_id=build, stage_id=prod.id, text="**One table.**")))

    speaking.tell()

    [comment] = speaking.forge.comments.values()
    assert comment.number == 7
    assert "https://x.example.com/dev" in comment.text
    assert "Promoting this would change in prod\n\n**One table.**" in comment.text
    assert SECRET not in comment.text


@pytest.mark.parametrize("changed", [{"state": "closed"}, {"from_fork": True}, {"head_branch": "other"}])
def test_a_pull_request_that_is_not_this_builds_gets_no_comment(speaking: Speaking, changed: dict[str, Any]) -> None:
    speaking.connect(statuses=False, deployments=False)
    speaking.request(**changed)
    speaking.build()

    speaking.tell()

    assert speaking.forge.comments == {}


def test_a_pull_request_opened_after_the_build_gets_its_comment(speaking: Speaking) -> None:
    speaking.connect(statuses=False, deployments=False)
    build = speaking.build()
    speaking.now_is(build, "succeeded")
    old = now() - timedelta(hours=2)
    speaking.write(lambda session: (
        session.execute(sa.update(ForgeConnection).values(created_at=old)),
        session.execute(sa.update(Build).where(Build.id == build).values(created_at=old, ended_at=old))))  # fmt: skip
    speaking.request()

    speaking.tell()

    assert len(speaking.forge.comments) == 1


def test_production_gets_its_status_but_no_comment(speaking: Speaking) -> None:
    speaking.connect()
    speaking.request()
    speaking.build("prod")

    speaking.tell()

    assert [status.context for status in speaking.forge.statuses] == ["seed/prod"]
    assert speaking.forge.deployments["1"][0].production
    assert speaking.forge.comments == {}


@pytest.mark.parametrize("forge", ["gitlab", "bitbucket"])
def test_only_github_has_deployments(speaking: Speaking, forge: Forge) -> None:
    speaking.connect(forge)
    speaking.build()

    speaking.tell()

    assert [row.kind for row in speaking.rows()] == ["status"]
