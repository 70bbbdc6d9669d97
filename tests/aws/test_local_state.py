"""The local AWS's state is written as MiniStack reads it, and only where it changed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ministack.core.persistence import _json_object_hook, _state_format_version
from ministack.core.responses import AccountScopedDict

from seed.aws.local.state import Reads, StateFolder


@pytest.fixture
def states() -> dict[str, Any]:
    kept = AccountScopedDict()
    kept["orders"] = {"arn": "…", "body": b"\x00\xff"}
    return {"sqs": {"queues": kept}, "sns": {}}


@pytest.fixture
def folder(tmp_path: Path, states: dict[str, Any]) -> StateFolder:
    def services() -> dict[str, Reads]:
        return {name: partial(states.get, name) for name in states}

    return StateFolder(tmp_path, services)


def test_it_is_written_as_ministack_reads_it(folder: StateFolder, tmp_path: Path) -> None:
    folder.write()

    read = json.loads((tmp_path / "sqs.json").read_text(), object_hook=_json_object_hook)

    queues = read["payload"]["queues"]
    assert isinstance(queues, AccountScopedDict)
    assert queues["orders"] == {"arn": "…", "body": b"\x00\xff"}
    assert read["__ministack_format__"] == _state_format_version("sqs")


def test_what_did_not_change_is_left_as_it_is(folder: StateFolder, states: dict[str, Any], tmp_path: Path) -> None:
    folder.write()
    before = {name: (tmp_path / f"{name}.json").stat().st_ino for name in states}

    states["sns"] = {"topics": 1}
    folder.write()

    assert (tmp_path / "sqs.json").stat().st_ino == before["sqs"]
    assert json.loads((tmp_path / "sns.json").read_text())["payload"] == {"topics": 1}


def test_a_file_that_is_gone_is_written_again(folder: StateFolder, tmp_path: Path) -> None:
    folder.write()
    (tmp_path / "sns.json").unlink()

    folder.write()

    assert (tmp_path / "sns.json").exists()


def test_a_service_without_a_state_to_tell_keeps_what_was_written(
    folder: StateFolder, states: dict[str, Any], tmp_path: Path
) -> None:
    folder.write()

    states["sns"] = None
    folder.write()

    assert json.loads((tmp_path / "sns.json").read_text())["payload"] == {}


def test_one_that_cannot_be_written_keeps_no_other_back(
    folder: StateFolder, states: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    states["sqs"], states["sns"] = {"no": object()}, {"topics": 2}

    folder.write()

    assert json.loads((tmp_path / "sns.json").read_text())["payload"] == {"topics": 2}
    assert not (tmp_path / "sqs.json").exists()
    assert "the state of sqs is not written" in caplog.text
