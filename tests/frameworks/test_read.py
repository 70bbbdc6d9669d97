"""The framework's output is read as its own deploy command would read it; what is missing is told at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seed.frameworks.assembly import Assembly, StackSettings
from seed.frameworks.errors import OutputNotReadable
from seed.frameworks.serverless import read_assembly

PREFIX = "serverless/api/dev"
NOW = f"{PREFIX}/1795412657579-2026-11-23T05:44:17.579Z"


def state(**provider: Any) -> dict[str, Any]:
    return {
        "service": {"service": "api", "provider": {"name": "aws", "region": "eu-west-1", **provider}},
        "package": {"artifactDirectoryName": NOW, "artifact": "api.zip"},
    }


def output(folder: Path, template: Any, state: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cloudformation-template-update-stack.json").write_text(json.dumps(template))
    (folder / "serverless-state.json").write_text(json.dumps(state))
    return folder


def read(out: Path, source: Path | None = None, tree: Path | None = None) -> Assembly:
    return read_assembly(out, stage="dev", region="us-east-1", framework="x", source=source, tree=tree)


def points_to(*keys: str) -> dict[str, Any]:
    return {
        "Resources": {
            f"F{n}": {"Properties": {"Code": {"S3Bucket": {"Ref": "B"}, "S3Key": key}}} for n, key in enumerate(keys)
        }
    }


def test_name_region_and_tags_are_the_frameworks(tmp_path: Path) -> None:
    assembly = read(output(tmp_path, points_to(), state(tags={"not": "the stack's"}, stackTags={"team": "a"})))
    assert (assembly.stack_name, assembly.region) == ("api-dev", "eu-west-1")
    assert assembly.tags == {"STAGE": "dev", "team": "a"}


def test_what_the_configuration_sets_goes_before(tmp_path: Path) -> None:
    given = state(
        stackName="own",
        stackTags={"Stage": "mine"},
        stackParameters=[{"ParameterKey": "A", "ParameterValue": 1}, {"ParameterKey": "B", "UsePreviousValue": True}],
        iam={"deploymentRole": "arn:aws:iam::1:role/r"},
        notificationArns=["arn:aws:sns:::t"],
        stackPolicy=[{"Effect": "Allow"}],
        rollbackConfiguration={"MonitoringTimeInMinutes": 5},
        disableRollback=True,
    )
    assembly = read(output(tmp_path, points_to(), given))
    assert assembly.stack_name == "own"
    assert assembly.tags == {"Stage": "mine"}
    assert assembly.parameters == {"A": "1"}
    assert assembly.settings == StackSettings(
        role_arn="arn:aws:iam::1:role/r",
        notification_arns=("arn:aws:sns:::t",),
        stack_policy='{"Statement":[{"Effect":"Allow"}]}',
        rollback_configuration='{"MonitoringTimeInMinutes":5}',
        disable_rollback=True,
    )


def test_pointers_of_the_state_are_followed_and_circles_end(tmp_path: Path) -> None:
    given = state(
        stackTags={"$ref": '$["service"]["initial"]["a.b"][0]'},
        stackPolicy={"$ref": '$["service"]["provider"]["stackPolicy"]'},
        cfnRole={"$ref": '$["nowhere"]["at"][7]'},
    )
    given["service"]["initial"] = {"a.b": [{"team": {"$ref": '$["service"]["service"]'}}]}
    assembly = read(output(tmp_path, points_to(), given))
    assert assembly.tags == {"STAGE": "dev", "team": "api"}
    assert assembly.settings == StackSettings()


def test_a_file_for_each_key_also_one_that_keeps_an_older_clock(tmp_path: Path) -> None:
    out = output(tmp_path, points_to(f"{NOW}/api.zip", f"{PREFIX}/1-older/layer.zip", "own/api.zip"), state())
    (out / "api.zip").write_bytes(b"a")
    (out / "layer.zip").write_bytes(b"l")
    assert read(out).files == {f"{NOW}/api.zip": out / "api.zip", f"{PREFIX}/1-older/layer.zip": out / "layer.zip"}


def test_artifacts_that_the_repository_brings(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "services/a/build").mkdir(parents=True)
    for name in ("dist.zip", "services/a/build/whole.zip", "services/a/build/layer.zip"):
        (tree / name).write_bytes(b"z")
    given = state()
    given["service"]["functions"] = {"f": {"package": {"artifact": "../../dist.zip"}}}
    given["service"]["layers"] = {"l": {"package": {"artifact": str(tree / "services/a/build/layer.zip")}}}
    keys = [f"{NOW}/{name}" for name in ("dist.zip", "whole.zip", "layer.zip")]
    found = read(output(tmp_path / "out", points_to(*keys), given), tree / "services/a", tree).files
    assert [found[key].relative_to(tree.resolve()).as_posix() for key in keys] == [
        "dist.zip",
        "services/a/build/whole.zip",
        "services/a/build/layer.zip",
    ]


def test_a_file_outside_of_the_checkout_is_never_taken(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.zip").symlink_to(tmp_path / "secret")
    given = state()
    given["service"]["functions"] = {
        "f": {"package": {"artifact": "../secret"}},
        "g": {"package": {"artifact": str(tmp_path / "secret")}},
    }
    for name in ("secret", "link.zip"):
        out = output(tmp_path / "out", points_to(f"{NOW}/{name}"), given)
        with pytest.raises(OutputNotReadable):
            read(out, tree, tree)
    (out / "link.zip").symlink_to(tmp_path / "secret")
    with pytest.raises(OutputNotReadable):
        read(out, tree, tree)


def test_two_files_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for folder in ("a", "b"):
        (tree / folder).mkdir(parents=True)
        (tree / folder / "x.zip").write_text(folder)
    with pytest.raises(OutputNotReadable, match="2 different files"):
        read(output(tmp_path / "out", points_to(f"{NOW}/x.zip"), state()), tree, tree)


def test_templates_of_nested_stacks_are_followed(tmp_path: Path) -> None:
    url = {"Fn::Join": ["/", ["https://s3.amazonaws.com", {"Ref": "B"}, NOW, "n.json"]]}
    parent = {"Resources": {"N": {"Properties": {"TemplateURL": url}}}}
    out = output(tmp_path, parent, state())
    (out / "n.json").write_text(json.dumps(points_to(f"{NOW}/api.zip")))
    (out / "api.zip").write_bytes(b"a")
    assert set(read(out).files) == {f"{NOW}/n.json", f"{NOW}/api.zip"}


@pytest.mark.parametrize(
    ("template", "state_"),
    [({}, {}), ([], state()), ({"Resources": []}, state()), (points_to(), {"service": {}}), (points_to(), 7)],
)
def test_output_that_is_none_is_told(tmp_path: Path, template: Any, state_: Any) -> None:
    with pytest.raises(OutputNotReadable):
        read(output(tmp_path, template, state_))


def test_no_output_at_all(tmp_path: Path) -> None:
    with pytest.raises(OutputNotReadable, match="cloudformation-template-update-stack"):
        read(tmp_path)
    (tmp_path / "cloudformation-template-update-stack.json").write_text("{" * 100)
    with pytest.raises(OutputNotReadable):
        read(tmp_path)
