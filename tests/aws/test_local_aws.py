"""The supervised local AWS: it comes back after a kill, at its address, with what it knew."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seed.aws.connect import connect
from seed.aws.follow import follow
from seed.aws.local import Fence, LocalAws
from seed.aws.values import AccountSettings, ChangeSetRequest
from seed.work.runner.own import fence_around

TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
PATIENCE = 20.0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def children_of(folder: Path) -> list[int]:
    """The local AWS of this folder, by its own command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[1:3] == [b"-m", b"seed.aws.local.runner"] and str(folder).encode() in words:
            found.append(int(entry.parent.name))
    return found


@pytest.mark.parametrize("fence", [None, fence_around()], ids=["bare", "fenced"])
def test_a_killed_local_aws_comes_back_with_its_stacks_and_each_execution_is_journaled(
    tmp_path: Path, fence: Fence | None
) -> None:
    journal = tmp_path / "aws" / "journal.jsonl"
    aws = LocalAws(tmp_path / "aws", journal=journal, fence=fence)
    aws.start()
    try:
        cloud = connect(AccountSettings("local"), local_endpoint=aws.endpoint)
        cloud.create_change_set(ChangeSetRequest("app", "one", "CREATE", TEMPLATE, {}, {}, ()))
        cloud.wait_change_set("app", "one")
        cloud.execute_change_set("app", "one", "token")
        assert follow(cloud, "app", lambda _event: None).ok
        state = tmp_path / "aws" / "state" / "cloudformation.json"
        until(lambda: b'"StackStatus": "CREATE_COMPLETE"' in state.read_bytes())
        endpoint, (first,) = aws.endpoint, children_of(tmp_path / "aws")

        os.kill(first, signal.SIGKILL)
        until(lambda: children_of(tmp_path / "aws") not in ([], [first]) and aws.healthy())

        assert aws.endpoint == endpoint
        stack = connect(AccountSettings("local"), local_endpoint=aws.endpoint).stack("app")
        assert stack is not None
        assert stack.status == "CREATE_COMPLETE"
        (line,) = [json.loads(text) for text in journal.read_text().splitlines()]
        assert (line["stack"], line["change_set"], line["token"], line["status"]) == ("app", "one", "token", 200)
    finally:
        aws.stop()
    assert children_of(tmp_path / "aws") == []


def test_a_change_set_that_a_kill_cut_short_is_executed_again(tmp_path: Path) -> None:
    first = LocalAws(tmp_path / "aws")
    first.start()
    cloud = connect(AccountSettings("local"), local_endpoint=first.endpoint)
    cloud.create_change_set(ChangeSetRequest("app", "one", "CREATE", TEMPLATE, {}, {}, ()))
    cloud.wait_change_set("app", "one")
    first.stop()
    state = tmp_path / "aws" / "state" / "cloudformation.json"
    begun = state.read_text().replace('"REVIEW_IN_PROGRESS"', '"CREATE_IN_PROGRESS"')
    state.write_text(begun.replace('"AVAILABLE"', '"EXECUTE_IN_PROGRESS"'))

    second = LocalAws(tmp_path / "aws")
    second.start()
    try:
        cloud = connect(AccountSettings("local"), local_endpoint=second.endpoint)
        cloud.execute_change_set("app", "one", "token")
        assert follow(cloud, "app", lambda _event: None).ok
    finally:
        second.stop()


@pytest.mark.parametrize("fence", [None, fence_around()], ids=["bare", "fenced"])
def test_one_that_is_stopped_has_saved_what_came_last(tmp_path: Path, fence: Fence | None) -> None:
    aws = LocalAws(tmp_path / "aws", fence=fence)
    aws.start()
    connect(AccountSettings("local"), local_endpoint=aws.endpoint).create_change_set(
        ChangeSetRequest("late", "one", "CREATE", TEMPLATE, {}, {}, ())
    )
    aws.stop()

    again = LocalAws(tmp_path / "aws", fence=fence)
    again.start()
    try:
        stack = connect(AccountSettings("local"), local_endpoint=again.endpoint).stack("late")
        assert stack is not None
        assert again.endpoint == aws.endpoint
    finally:
        again.stop()
