"""The supervised local AWS: it comes back after a kill, at its address, with what it knew."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from seed.aws.connect import connect
from seed.aws.follow import follow
from seed.aws.local import LocalAws
from seed.aws.port import AccountSettings, ChangeSetRequest

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
        if b"seed.aws.local.runner" in words and str(folder).encode() in words:
            found.append(int(entry.parent.name))
    return found


def test_a_killed_local_aws_comes_back_with_its_stacks_and_each_execution_is_journaled(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    aws = LocalAws(tmp_path / "aws", journal=journal)
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
