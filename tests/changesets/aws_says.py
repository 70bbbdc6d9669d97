"""Rows of a change set, as AWS answers them."""

from __future__ import annotations

from typing import Any


def change(name: str, action: str = "Modify", **more: Any) -> dict[str, Any]:
    resource = {
        "LogicalResourceId": name,
        "ResourceType": "AWS::SQS::Queue",
        "Action": action,
        "Scope": [],
        "Details": [],
    }
    return {"Type": "Resource", "ResourceChange": {**resource, **more}}


def detail(name: str, before: str = "", after: str = "", **target: Any) -> dict[str, Any]:
    values = {"Path": f"/Properties/{name}", "BeforeValue": before, "AfterValue": after} if before else {}
    full = {"Attribute": "Properties", "Name": name, "RequiresRecreation": "Never", **values, **target}
    return {"Target": full, "Evaluation": "Static", "ChangeSource": "DirectModification"}
