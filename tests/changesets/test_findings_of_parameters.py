"""Values of parameters that CloudFormation refuses."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.rules.case import QUEUE
from tests.changesets.templates import rules_of, stack

from seed.changesets import ChangeSet, compare


def given(value: str, **spec: Any) -> ChangeSet:
    template = stack(Q=(QUEUE, {"QueueName": {"Ref": "P"}}))
    return compare(None, {**template, "Parameters": {"P": {"Type": "String", **spec}}}, after={"P": value})


class TestParameters:
    @pytest.mark.parametrize(
        ("value", "spec"),
        [
            ("abc", {"Type": "Number"}),
            ("1,b", {"Type": "List<Number>"}),
            ("11", {"Type": "Number", "MaxValue": 10}),
            ("1", {"Type": "Number", "MinValue": "2"}),
            ("dev", {"AllowedValues": ["test", "prod"]}),
            ("3", {"Type": "Number", "AllowedValues": [1, 2]}),
            ("a,c", {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}),
            ("a", {"MinLength": 2}),
            ("abc", {"MaxLength": "2"}),
            ("Abc", {"AllowedPattern": "[a-z]+"}),
            ("abc1", {"AllowedPattern": "[a-z]+"}),
            ("é" * 2_049, {}),
        ],
    )
    def test_a_value_that_cloudformation_refuses_is_told(self, value: str, spec: dict[str, Any]) -> None:
        assert "parameter-invalid" in rules_of(given(value, **spec))

    @pytest.mark.parametrize(
        ("value", "spec"),
        [
            ("1.5", {"Type": "Number", "MinValue": 1, "MaxValue": 2}),
            ("1", {"Type": "Number", "AllowedValues": [1, 2]}),
            ("a, b", {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}),
            ("abc", {"AllowedPattern": "[a-z]+", "MinLength": 3, "MaxLength": 3}),
            ("abc", {"AllowedPattern": "["}),
            ("é" * 2_048, {}),
            ("abc", {"AllowedValues": "abc", "MinLength": "many", "MaxLength": {}}),
        ],
    )
    def test_one_that_it_takes_is_not(self, value: str, spec: dict[str, Any]) -> None:
        assert "parameter-invalid" not in rules_of(given(value, **spec))

    def test_a_pattern_that_would_never_end_is_not_tried(self) -> None:
        assert "parameter-invalid" not in rules_of(given("a" * 60, AllowedPattern="(a+)+b"))
        assert "parameter-invalid" not in rules_of(given("a" * 60, AllowedPattern="a*a*a*a*a*a*a*b"))

    def test_one_that_is_not_declared_is_told(self) -> None:
        assert "parameter-invalid" in rules_of(compare(None, stack(Q=(QUEUE, {})), after={"Other": "x"}))

    def test_a_secret_is_not_quoted(self) -> None:
        found = given("hunter2", NoEcho=True, MinLength=20)
        assert "parameter-invalid" in rules_of(found)
        assert "hunter2" not in repr(found)
