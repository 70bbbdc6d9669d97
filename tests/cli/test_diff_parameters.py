"""What `seed diff` is given of the parameters and the tags of both sides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.diffing import rows, written

from seed.cli.diff import diff


@pytest.mark.parametrize("spelled", [["a", "b"], "a,b", "a, b"])
def test_a_list_may_be_spelled_as_one(tmp_path: Path, queue_template: str, spelled: object) -> None:
    before = written(tmp_path, "before.json", {"Zones": "a,b"})
    after = written(tmp_path, "after.json", {"Zones": spelled})

    assert diff(queue_template, queue_template, before_parameters=before, after_parameters=after) == 0


def test_a_truth_is_the_text_that_cloudformation_takes(
    tmp_path: Path, queue_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": ["a"], "On": False})
    after = written(tmp_path, "after.json", {"Zones": ["a"], "On": True})

    code = diff(queue_template, queue_template, before_parameters=before, after_parameters=after, format="aws")

    assert code == 3
    assert {name: row["Action"] for name, row in rows(capsys).items()} == {"Maybe": "Add"}


def test_the_parameters_of_the_aws_command_line_will_do(tmp_path: Path, queue_template: str) -> None:
    before = written(tmp_path, "before.json", {"Zones": "a", "On": "true"})
    kept = [
        {"ParameterKey": "Zones", "ParameterValue": "a"},
        {"ParameterKey": "On", "UsePreviousValue": True},
    ]
    default = kept[:1]

    assert (
        diff(queue_template, queue_template, before_parameters=before, after_parameters=written(tmp_path, "k", kept))
        == 0
    )
    assert (
        diff(queue_template, queue_template, before_parameters=before, after_parameters=written(tmp_path, "d", default))
        == 3
    )


def holding(kind: str, default: str | None = None) -> dict[str, object]:
    """A parameter, and a resource that shows what it is."""
    spec = {"Type": kind, **({"Default": default} if default else {})}
    return {
        "Parameters": {"P": spec},
        "Resources": {"X": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "P"}}}},
    }


def test_a_value_that_is_kept_is_that_of_the_stack_and_no_new_default(tmp_path: Path) -> None:
    """API reference, Parameter: UsePreviousValue is the value that the stack is using."""
    old, new = (str(written(tmp_path, text, holding("String", text))) for text in ("was", "comes"))
    kept = written(tmp_path, "kept", [{"ParameterKey": "P", "UsePreviousValue": True}])

    assert diff(old, new, after_parameters=kept) == 0
    assert diff(old, new) == 3


def test_what_ssm_holds_is_compared_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As DescribeStacks and DescribeChangeSet answer it; the name alone says nothing of what it holds."""
    template = str(written(tmp_path, "t.json", holding("AWS::SSM::Parameter::Value<String>")))

    def told(name: str, **more: str) -> Path:
        return written(tmp_path, name, [{"ParameterKey": "P", "ParameterValue": "/image", **more}])

    one, two, bare = told("one", ResolvedValue="ami-1"), told("two", ResolvedValue="ami-2"), told("bare")
    assert diff(template, template, before_parameters=one, after_parameters=bare) == 0
    assert diff(template, template, before_parameters=one, after_parameters=one) == 0
    capsys.readouterr()
    assert diff(template, template, before_parameters=one, after_parameters=two, format="aws") == 3
    details = rows(capsys)["X"]["Details"]
    assert [(one["ChangeSource"], one.get("CausingEntity")) for one in details] == [
        ("DirectModification", None), ("ParameterReference", "P"),
    ]  # fmt: skip
    target = details[0]["Target"]
    assert (target["BeforeValue"], target["AfterValue"]) == ("ami-1", "ami-2")


def test_a_file_with_half_a_sign_is_refused(
    tmp_path: Path, queue_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    half = written(tmp_path, "after.json", {"Zones": "\ud800"})
    assert diff(queue_template, queue_template, after_parameters=half) == 1
    assert "The file is not JSON." in capsys.readouterr().err


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], None])
def test_a_parameter_that_is_no_value_is_refused(
    value: object, tmp_path: Path, queue_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(queue_template, queue_template, after_parameters=written(tmp_path, "after.json", {"Zones": value})) == 1
    assert "Zones" in capsys.readouterr().err


@pytest.mark.parametrize("spelled", [{"team": "b"}, [{"Key": "team", "Value": "b"}]])
def test_tags_of_the_stack_are_handed_on(tmp_path: Path, spelled: object, capsys: pytest.CaptureFixture[str]) -> None:
    template = str(written(tmp_path, "topic.json", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    before, after = written(tmp_path, "before.json", {"team": "a"}), written(tmp_path, "after.json", spelled)

    assert diff(template, template, before_tags=before, after_tags=after, format="aws") == 3
    assert "Topic" in rows(capsys)
    assert diff(template, template, before_tags=before) == 0


@pytest.mark.parametrize("tags", [["team"], {"team": ["a"]}, "team"])
def test_what_is_no_list_of_tags_is_refused(tmp_path: Path, tags: object, capsys: pytest.CaptureFixture[str]) -> None:
    template = str(written(tmp_path, "topic.json", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))

    assert diff(template, template, after_tags=written(tmp_path, "tags.json", json.dumps(tags))) == 1
    assert 'A tag file is {"Key": "value"}.' in capsys.readouterr().err
