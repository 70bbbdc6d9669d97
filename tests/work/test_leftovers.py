"""What stays of a stack that is deleted."""

from __future__ import annotations

import json
from typing import Any

from seed.removals.leftovers import kept_by_policy

RETAINED = {"DeletionPolicy": "Retain"}
FUNCTION: dict[str, Any] = {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "h.x"}}
VERSION: dict[str, Any] = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Main"}}, **RETAINED}
TABLE: dict[str, Any] = {"Type": "AWS::DynamoDB::Table", "Properties": {}, **RETAINED}


def stays(**resources: dict[str, Any]) -> set[str]:
    text = json.dumps({"Resources": resources})
    return {one["physical_id"] for one in kept_by_policy(text, {name: name.lower() for name in resources})}


def test_what_a_policy_keeps_stays() -> None:
    assert stays(Things=TABLE, Main=FUNCTION) == {"things"}


def test_a_version_goes_with_its_function() -> None:
    assert stays(Main=FUNCTION, MainVersion=VERSION) == set()


def test_a_version_stays_with_a_function_that_stays() -> None:
    assert stays(Main={**FUNCTION, **RETAINED}, MainVersion=VERSION) == {"main", "mainversion"}


def test_a_version_of_a_function_elsewhere_stays() -> None:
    assert stays(MainVersion={**VERSION, "Properties": {"FunctionName": "elsewhere"}}) == {"mainversion"}


def test_nothing_is_told_of_what_is_no_template() -> None:
    assert kept_by_policy("", {}) == []
