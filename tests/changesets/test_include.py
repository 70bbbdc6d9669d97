"""What AWS::Include puts in is compared where it is given, and said to be unseen where it is not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import names, row, rules_of

from seed.changesets import Template, compare

PLACE = "s3://snippets/queue.yml"


def include(location: Any = PLACE) -> dict[str, Any]:
    return {"Name": "AWS::Include", "Parameters": {"Location": location}}


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}
TOPIC = {"Type": "AWS::SNS::Topic"}
IN_RESOURCES: Template = {"Resources": {"T": TOPIC, "Fn::Transform": include()}}
AT_THE_TOP: Template = {"Transform": include(), "Resources": {"T": TOPIC}}
BESIDE: Template = {"Fn::Transform": include(), "Resources": {"T": TOPIC}}
IN_PROPERTIES: Template = {
    "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"Fn::Transform": include(), "QueueName": "q"}}}
}


@pytest.mark.parametrize("template", [AT_THE_TOP, BESIDE])
def test_a_snippet_for_the_whole_template_adds_to_its_sections(template: Template) -> None:
    made = compare(None, template, includes={PLACE: {"Resources": {"Q": QUEUE}}})
    assert names(made) == {"Q", "T"}
    assert "macro" not in rules_of(made)


def test_a_snippet_among_the_resources_adds_resources() -> None:
    assert names(compare(None, IN_RESOURCES, includes={PLACE: {"Q": QUEUE}})) == {"Q", "T"}


def test_a_snippet_inside_a_resource_sets_its_properties() -> None:
    made = row(compare(None, IN_PROPERTIES, includes={PLACE: {"DelaySeconds": 5}}), "Q")
    assert made.after is not None
    assert made.after["Properties"] == {"QueueName": "q", "DelaySeconds": 5}


def test_a_location_may_come_from_a_parameter() -> None:
    template = {
        "Parameters": {"Where": {"Type": "String"}},
        "Resources": {"Fn::Transform": include({"Ref": "Where"})},
    }
    assert names(compare(None, template, after={"Where": PLACE}, includes={PLACE: {"Q": QUEUE}})) == {"Q"}


@pytest.mark.parametrize("template", [IN_RESOURCES, AT_THE_TOP, BESIDE, IN_PROPERTIES])
def test_without_the_snippet_it_is_said_to_be_unseen(template: Template) -> None:
    made = compare(template, template | {"Resources": {**template["Resources"], "New": TOPIC}})
    assert names(made) == {"New"}
    assert "macro" in rules_of(made)
