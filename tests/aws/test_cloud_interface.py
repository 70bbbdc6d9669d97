"""What every gateway does: the real one on the local AWS, and the fake, by the same rules."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.aws.stacks import request, run, template

from seed.aws.errors import ChangeSetMoved
from seed.aws.follow import follow
from seed.aws.port import Cloud


def test_a_stack_that_does_not_exist_is_none(cloud: Cloud) -> None:
    assert cloud.stack("nope") is None
    assert cloud.template("nope") is None
    assert cloud.resources("nope") == []
    assert cloud.events("nope") == []
    assert cloud.change_set("nope", "nope") is None


def test_a_create_change_set_makes_a_new_stack_that_only_waits(cloud: Cloud) -> None:
    cloud.create_change_set(request("one", template()))

    answer = cloud.wait_change_set("app-dev", "one")

    assert (answer.status, answer.execution_status) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [change["ResourceChange"]["Action"] for change in answer.changes] == ["Add"]
    assert cloud.stack("app-dev").is_new


def test_asking_twice_for_a_change_set_of_one_name_is_asking_once(cloud: Cloud) -> None:
    first = cloud.create_change_set(request("one", template()))

    assert cloud.create_change_set(request("one", template())) == first


def test_one_of_another_package_under_the_same_name_is_made_anew(cloud: Cloud) -> None:
    first = cloud.create_change_set(replace(request("one", template()), description="of a package"))
    second = cloud.create_change_set(
        replace(request("one", template(Topic={"Type": "AWS::SNS::Topic", "Properties": {}})), description="of another")
    )

    answer = cloud.wait_change_set("app-dev", "one")
    assert first != second == answer.arn
    assert [change["ResourceChange"]["LogicalResourceId"] for change in answer.changes] == ["Queue", "Topic"]


def test_executing_makes_the_stack_and_its_outputs(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    stack = cloud.stack("app-dev")
    assert stack.status == "CREATE_COMPLETE"
    assert dict(stack.outputs) == {"Word": "seed"}
    assert dict(stack.tags) == {"team": "a"}
    assert json.loads(cloud.template("app-dev")) == json.loads(template())
    assert [resource.logical_id for resource in cloud.resources("app-dev")] == ["Queue"]


def test_executing_twice_with_one_token_is_executing_once(cloud: Cloud) -> None:
    run(cloud, request("one", template()))
    before = len(cloud.events("app-dev"))

    cloud.execute_change_set("app-dev", "one", "token-app-dev-one")

    assert len(cloud.events("app-dev")) == before


def test_where_no_update_runs_there_is_none_to_cancel(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    cloud.cancel_update("app-dev", "token")
    cloud.cancel_update("nope", "token")

    assert cloud.stack("app-dev").status == "CREATE_COMPLETE"


def test_a_stacks_policy_is_kept_as_it_was_set(cloud: Cloud) -> None:
    run(cloud, request("one", template()))
    assert cloud.stack_policy("app-dev") == ""
    allowed = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    policy = json.dumps({"Statement": [allowed]}, sort_keys=True, separators=(",", ":"))

    cloud.set_stack_policy("app-dev", policy)
    cloud.set_stack_policy("app-dev", policy)

    assert cloud.stack_policy("app-dev") == policy


def test_a_change_set_that_is_gone_cannot_be_executed(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    with pytest.raises(ChangeSetMoved):
        cloud.execute_change_set("app-dev", "never-made", "token")


def test_an_arn_names_the_very_change_set_and_not_another_made_under_its_name(cloud: Cloud) -> None:
    planned = cloud.create_change_set(request("one", template()))
    cloud.wait_change_set("app-dev", planned)
    cloud.delete_change_set("app-dev", "one")
    other = cloud.create_change_set(request("one", template(60)))
    cloud.wait_change_set("app-dev", other)

    assert planned != other
    assert cloud.change_set("app-dev", planned) is None
    with pytest.raises(ChangeSetMoved):
        cloud.execute_change_set("app-dev", planned, "token-arn")
    assert cloud.stack("app-dev").is_new
    found = cloud.change_set("app-dev", other)
    assert (found.arn, found.name) == (other, "one")

    cloud.execute_change_set("app-dev", other, "token-arn")
    assert follow(cloud, "app-dev", lambda _event: None).ok


def test_a_change_set_without_a_change_is_empty(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    cloud.create_change_set(request("two", template(), "UPDATE"))

    assert cloud.wait_change_set("app-dev", "two").empty


def test_an_update_lists_what_is_modified_added_and_removed(cloud: Cloud) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    run(cloud, request("one", template(30, Old=topic)))

    cloud.create_change_set(request("two", template(60, New=topic), "UPDATE"))
    answer = cloud.wait_change_set("app-dev", "two")

    actions = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"]["Action"] for c in answer.changes}
    assert actions == {"Queue": "Modify", "New": "Add", "Old": "Remove"}


def test_events_after_one_are_only_the_newer_ones_oldest_first(cloud: Cloud) -> None:
    run(cloud, request("one", template()))
    last = cloud.events("app-dev")[-1]

    run(cloud, request("two", template(60), "UPDATE"))
    newer = cloud.events("app-dev", after=last.event_id)

    assert newer
    assert last.event_id not in {event.event_id for event in newer}
    assert newer == sorted(newer, key=lambda event: event.at)
    assert newer[-1].status == "UPDATE_COMPLETE"


def test_deleting_a_change_set_twice_is_deleting_it_once(cloud: Cloud) -> None:
    cloud.create_change_set(request("one", template()))

    cloud.delete_change_set("app-dev", "one")
    cloud.delete_change_set("app-dev", "one")

    assert cloud.change_set("app-dev", "one") is None


def test_a_stack_tells_the_change_sets_that_it_has(cloud: Cloud) -> None:
    assert cloud.change_sets("app-dev") == ()
    cloud.create_change_set(request("one", template()))
    cloud.create_change_set(request("two", template(60)))

    assert set(cloud.change_sets("app-dev")) == {"one", "two"}
    cloud.delete_change_set("app-dev", "one")
    assert cloud.change_sets("app-dev") == ("two",)


def test_a_stack_made_only_to_hold_a_change_set_can_be_deleted(cloud: Cloud) -> None:
    cloud.create_change_set(request("one", template()))

    cloud.delete_change_set("app-dev", "one")
    cloud.delete_stack("app-dev", "token")

    assert cloud.stack("app-dev") is None
