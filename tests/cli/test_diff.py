"""`seed diff` as a person or a pipeline calls it: files in, a rendering and an exit code out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from tests.cli.diffing import rows, written

from seed.cli.diff import diff


def test_a_dash_is_a_new_stack(queue_template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = written(tmp_path, "after.json", {"Zones": ["a"]})

    assert diff("-", queue_template, after_parameters=after, format="aws") == 3
    assert {name: row["Action"] for name, row in rows(capsys).items()} == {"Queue": "Add"}


def test_without_property_values_no_value_is_told(
    tmp_path: Path, queue_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": "first"})
    after = written(tmp_path, "after.json", {"Zones": "second"})

    for told, seen in ((True, True), (False, False)):
        diff(
            queue_template,
            queue_template,
            before_parameters=before,
            after_parameters=after,
            property_values=told,
            format="aws",
        )
        assert ("second" in capsys.readouterr().out) == seen


@pytest.mark.parametrize("form", ["markdown", "json", "text"])
def test_each_form_tells_the_change(
    form: Literal["markdown", "json", "text"], tmp_path: Path, queue_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": "first"})
    after = written(tmp_path, "after.json", {"Zones": "second"})

    assert diff(queue_template, queue_template, before_parameters=before, after_parameters=after, format=form) in (3, 4)
    out = capsys.readouterr().out
    assert "second" in out
    if form == "json":
        assert json.loads(out)["resources"][0]["logical_id"] == "Queue"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "binary.yml"
    path.write_bytes(b"Resources: \xff\xfe\x80")

    assert diff("-", str(path)) == 1
    assert "UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{}", "Description: nothing\n"])
def test_a_template_without_resources_is_refused(
    tmp_path: Path, queue_template: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """User guide, Resources: the one section that a queue_template must have."""
    assert diff(queue_template, str(written(tmp_path, "none.yml", text))) == 1
    assert "has no Resources" in capsys.readouterr().err


def test_a_snippet_is_put_in_where_it_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/a=b.yml"}}}
    new = written(tmp_path, "new.json", {"Resources": call})
    snippet = written(tmp_path, "snippet.yml", "Topic: {Type: AWS::SNS::Topic}")

    assert diff("-", str(new), include=[f"s3://b/a=b.yml={snippet}"], format="aws") == 3
    assert set(rows(capsys)) == {"Topic"}
    assert diff("-", str(new), include=[str(snippet)]) == 1


class TestNestedTemplates:
    """Those that lie below the folder of the template are compared within it; nothing else is read."""

    def tree(self, folder: Path, name: str, key: str, address: str = "parts/child.yml") -> str:
        place = folder / name / "parts"
        place.mkdir(parents=True)
        written(
            place,
            "child.yml",
            "Resources: {Data: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: "
            f"[{{AttributeName: {key}, KeyType: HASH}}], AttributeDefinitions: [{{AttributeName: {key}, AttributeType: S}}]}}}}}}",
        )
        child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
        return str(written(folder / name, "template.json", {"Resources": {"Child": child}}))

    def test_what_changes_inside_is_found(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert diff(self.tree(tmp_path, "old", "id"), self.tree(tmp_path, "new", "sku"), format="json") == 4
        (row,) = json.loads(capsys.readouterr().out)["resources"]
        (inner,) = row["nested"]["resources"]
        assert (inner["logical_id"], inner["replacement"]) == ("Data", "True")

    def test_the_same_below_another_folder_is_no_change(self, tmp_path: Path) -> None:
        assert diff(self.tree(tmp_path, "old", "id"), self.tree(tmp_path, "new", "id")) == 0

    @pytest.mark.parametrize("how", ["above", "absolute", "link"])
    def test_what_lies_elsewhere_is_not_read(
        self, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        outside = written(tmp_path, "outside.yml", "Resources: {Hidden: {Type: AWS::SNS::Topic}}")
        address = {"above": "../outside.yml", "absolute": str(outside), "link": "parts/link.yml"}[how]
        new = self.tree(tmp_path, "new", "id", address)
        (tmp_path / "new/parts/link.yml").symlink_to(outside)

        diff("-", new, format="json")

        out = capsys.readouterr().out
        assert "Hidden" not in out
        assert json.loads(out)["resources"][0]["nested"] is None


def test_a_nested_stack_alone_is_listed_where_the_answer_is_in_the_shape_of_aws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3/child.yml"}}
    template = str(written(tmp_path, "parent.json", {"Resources": {"Child": child}}))

    assert diff(template, template) == 0
    capsys.readouterr()
    assert diff(template, template, format="aws") == 3
    assert rows(capsys)["Child"]["Details"][0]["ChangeSource"] == "Automatic"
