"""Files for `seed diff`, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = {
    "Parameters": {"Zones": {"Type": "CommaDelimitedList"}, "On": {"Type": "String", "Default": "false"}},
    "Conditions": {"On": {"Fn::Equals": [{"Ref": "On"}, "true"]}},
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"QueueName": {"Fn::Join": ["-", {"Ref": "Zones"}]}},
        },
        "Maybe": {"Type": "AWS::SNS::Topic", "Condition": "On"},
    },
}


def written(folder: Path, name: str, data: object) -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def rows(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    changes = json.loads(capsys.readouterr().out)["Changes"]
    return {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in changes}
