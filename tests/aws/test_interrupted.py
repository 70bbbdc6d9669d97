"""What a kill of the local AWS leaves in the middle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seed.aws.local.interrupted import FILE, end_what_was_on_its_way, take_back


def state(status: str, execution: str = "") -> dict[str, Any]:
    stack = {"StackName": "app", "StackId": "arn:app", "StackStatus": status, "_template": {"Resources": {"Old": {}}},
             "_template_body": "new"}  # fmt: skip
    sets = {"set": {"StackId": "arn:app", "ExecutionStatus": execution}} if execution else {}
    return {"stacks": {"data": {"app": stack}}, "change_sets": {"data": sets}}


@pytest.mark.parametrize(
    ("status", "execution", "stands", "set_is"),
    [
        ("UPDATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", "UPDATE_COMPLETE", "AVAILABLE"),
        ("CREATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", "REVIEW_IN_PROGRESS", "AVAILABLE"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "EXECUTE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", "EXECUTE_FAILED"),
        ("ROLLBACK_IN_PROGRESS", "EXECUTE_IN_PROGRESS", "ROLLBACK_COMPLETE", "EXECUTE_FAILED"),
        ("UPDATE_IN_PROGRESS", "", "UPDATE_ROLLBACK_COMPLETE", ""),
        ("DELETE_IN_PROGRESS", "", "DELETE_FAILED", ""),
    ],
)
def test_what_was_executed_can_be_executed_again_and_the_rest_has_failed(
    status: str, execution: str, stands: str, set_is: str
) -> None:
    found = state(status, execution)

    assert end_what_was_on_its_way(found) == ["app"]

    assert found["stacks"]["data"]["app"]["StackStatus"] == stands
    assert [one["ExecutionStatus"] for one in found["change_sets"]["data"].values()] == ([set_is] if set_is else [])


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"])
def test_what_was_at_rest_stays(status: str) -> None:
    found = state(status, "AVAILABLE")

    assert end_what_was_on_its_way(found) == []
    assert found == state(status, "AVAILABLE")


def test_an_interrupted_update_has_the_template_that_ran_before(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"payload": state("UPDATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS")}))

    take_back(tmp_path)

    stack = json.loads((tmp_path / FILE).read_text())["payload"]["stacks"]["data"]["app"]
    assert json.loads(stack["_template_body"]) == {"Resources": {"Old": {}}}


def test_a_first_start_has_nothing_to_take_back(tmp_path: Path) -> None:
    take_back(tmp_path)
    assert list(tmp_path.iterdir()) == []
