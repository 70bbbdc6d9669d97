"""Only the review that was read is carried out: what else is confirmed, or has moved meanwhile, is refused and says why."""

from __future__ import annotations

import json
import threading

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp, person
from tests.support.waiting import eventually

from seed.aws.values import ChangeSetRequest
from seed.errors import Conflict, SeedError
from seed.people.actor import Actor
from seed.promotions.confirm import AlreadyDecided, ReviewMoved
from seed.promotions.records import Confirmation, Promotion
from seed.work import intake
from seed.work.errors import PlannedAgain


def test_confirming_another_digest_is_refused(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    review = app.promote()

    with pytest.raises(ReviewMoved):
        intake.confirm(app.world, app.seed.alice, review.id, "sha256:" + "0" * 64)

    assert app.promotion(review.id).state == "review"


def test_of_two_people_confirming_at_once_one_wins_and_the_other_is_told(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    review = app.promote()
    bob = person(app.world, f"bob-{review.id}-{app.slug}@example.com", "Bob")
    told: list[SeedError] = []

    def confirm(actor: Actor) -> None:
        try:
            intake.confirm(app.world, actor, review.id, review.digest)
        except SeedError as error:
            told.append(error)

    threads = [threading.Thread(target=confirm, args=(actor,)) for actor in (app.seed.alice, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert app.settled(review.id).state == "promoted"
    assert [type(error) for error in told] == [AlreadyDecided]
    with app.world.database.read() as session:
        count = session.scalar(sa.select(sa.func.count(Confirmation.id)).where(Confirmation.promotion_id == review.id))
    assert count == 1


def test_when_one_of_two_promotions_is_confirmed_the_other_is_stale_and_says_why(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    first, second = app.promote(), app.promote()

    assert app.confirm(first).state == "promoted"

    other = app.promotion(second.id)
    assert (other.state, other.reason) == ("stale", f"promotion {first.id} was confirmed first")
    with pytest.raises(AlreadyDecided):
        intake.confirm(app.world, app.seed.alice, second.id, second.digest)


def test_a_stack_changed_behind_the_review_is_refused_and_planned_again(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    app.repository.commit("Louder")
    app.deploy()
    review = app.promote()

    _change_behind(app)
    with pytest.raises(PlannedAgain):
        intake.confirm(app.world, app.seed.alice, review.id, review.digest)

    assert app.promotion(review.id).state == "stale"
    with app.world.database.read() as session:
        again = session.scalars(sa.select(Promotion.id).where(Promotion.replaces_id == review.id)).one()
    assert app.confirm(app.settled(again)).state == "promoted"


def test_a_change_set_made_again_under_its_name_is_not_the_reviewed_one_and_is_never_executed(
    make_app: MakeApp,
) -> None:
    app = make_app()
    app.live()
    before = app.cloud.template("api-prod")
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    app.repository.commit("Louder")
    app.deploy()
    review = app.promote()
    name = review.plans[0].change_set_name

    app.cloud.delete_change_set("api-prod", name)
    _change_set_behind(app, name)
    with pytest.raises(PlannedAgain) as refused:
        intake.confirm(app.world, app.seed.alice, review.id, review.digest)

    assert "not the one that was reviewed" in refused.value.sentence
    assert app.promotion(review.id).state == "stale"
    assert app.cloud.template("api-prod") == before


def test_a_source_that_moved_on_is_refused(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    review = app.promote()

    app.repository.edit("api/hello.js", "ok: true", "ok: 2")
    app.repository.commit("Newer")
    app.deploy()

    with pytest.raises(Conflict):
        intake.confirm(app.world, app.seed.alice, review.id, review.digest)
    held = app.cloud.stack("api-prod")  # the refused change set and what held it are cleaned up meanwhile
    assert held is None or held.is_new


def _change_behind(app: TestApp) -> None:
    """Somebody deploys the stack with another tool."""
    _change_set_behind(app, "by-hand")
    app.cloud.execute_change_set("api-prod", "by-hand", "by-hand")
    eventually(lambda: app.cloud.stack("api-prod").status == "UPDATE_COMPLETE", "the change by hand")


def _change_set_behind(app: TestApp, name: str) -> None:
    stack = app.cloud.stack("api-prod")
    deployed = json.loads(app.cloud.template("api-prod"))
    deployed["Resources"]["HelloLambdaFunction"]["Properties"]["MemorySize"] = 512
    template = json.dumps(deployed)
    request = ChangeSetRequest("api-prod", name, "UPDATE", template, {}, stack.tags, ["CAPABILITY_NAMED_IAM"])
    app.cloud.create_change_set(request)
    app.cloud.wait_change_set("api-prod", name)
