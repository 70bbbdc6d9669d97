"""Every S3 location that points to the package's own files, in whatever shape, and no other, becomes Seed's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.packages.zips import EPOCH, FILES, LATER, NOW, zipped

from seed.frameworks.assembly import Assembly, StackSettings
from seed.packages import AssetMissing, Package, Trusted, trust

CLOCK = "serverless/api/dev/1795412657579-2026-11-23T05:44:17.579Z"
THEIRS = {"Ref": "ServerlessDeploymentBucket"}


def assembly(template: dict[str, Any], files: dict[str, Path], **more: Any) -> Assembly:
    return Assembly(
        "api-dev", template, {f"{CLOCK}/{name}": path for name, path in files.items()}, "eu-west-1", "x", **more
    )


def trusted(tmp_path: Path, resources: dict[str, Any], files: dict[str, Path], **sections: Any) -> Trusted:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    return trust(assembly({"Resources": resources, **sections}, files), bucket="ours", scratch=scratch)


def template(result: Trusted) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.package.template)
    return found


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return zipped(tmp_path / "api.zip", FILES, EPOCH)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"S3Bucket": THEIRS, "S3Key": "KEY"}, {"S3Bucket": "ours", "S3Key": "OURS"}),
        ({"Bucket": "literal", "Key": "KEY"}, {"Bucket": "ours", "Key": "OURS"}),
        ([{"deep": {"S3Bucket": THEIRS, "S3Key": "KEY"}}], [{"deep": {"S3Bucket": "ours", "S3Key": "OURS"}}]),
        ("https://s3.amazonaws.com/b/KEY", "https://s3.eu-west-1.amazonaws.com/ours/OURS"),
        ("s3://b/KEY", "s3://ours/OURS"),
        (
            {"Fn::Join": ["/", ["https://s3.amazonaws.com", THEIRS, "KEY"]]},
            "https://s3.eu-west-1.amazonaws.com/ours/OURS",
        ),
        (
            {"Fn::Join": ["/", ["https://s3.amazonaws.com", THEIRS, CLOCK, "api.zip"]]},
            "https://s3.eu-west-1.amazonaws.com/ours/OURS",
        ),
        ({"Fn::Join": ["", ["s3://", THEIRS, "/KEY"]]}, "s3://ours/OURS"),
        ({"Fn::Sub": "https://${B}.s3.amazonaws.com/KEY"}, "https://s3.eu-west-1.amazonaws.com/ours/OURS"),
        ({"Fn::Sub": ["s3://${X}/KEY", {"X": THEIRS}]}, "s3://ours/OURS"),
        ({"Fn::Join": ["", ["arn:aws:s3:::b/", "KEY"]]}, {"Fn::Join": ["", ["arn:aws:s3:::b/", "OURS"]]}),
    ],
)
def test_a_location_in_any_shape(tmp_path: Path, code: Path, before: Any, after: Any) -> None:
    given = json.loads(json.dumps(before).replace("KEY", f"{CLOCK}/api.zip"))
    result = trusted(tmp_path, {"R": {"Type": "X", "Properties": {"Any": given}}}, {"api.zip": code})
    [asset] = result.package.assets
    expected = json.loads(json.dumps(after).replace("OURS", asset.key))
    assert template(result)["Resources"]["R"]["Properties"]["Any"] == expected
    assert asset.used_by == ("R",)


def test_other_peoples_objects_stay_theirs(tmp_path: Path, code: Path) -> None:
    resources = {
        "Own": {"Properties": {"Code": {"S3Bucket": "mine", "S3Key": "api.zip"}}},
        "Param": {"Properties": {"Code": {"S3Bucket": {"Ref": "P"}, "S3Key": {"Ref": "K"}}}},
        "Url": {"Properties": {"TemplateURL": "https://s3.amazonaws.com/mine/api.zip"}},
    }
    result = trusted(tmp_path, resources, {"api.zip": code})
    assert template(result)["Resources"] == resources
    assert result.package.assets == ()


def test_china_has_addresses_of_its_own(tmp_path: Path, code: Path) -> None:
    given = Assembly("s", {"Resources": {"R": {"P": "https://x/k.zip"}}}, {"k.zip": code}, "cn-north-1", "x")
    assert (
        "https://s3.cn-north-1.amazonaws.com.cn/ours/" in trust(given, bucket="ours", scratch=tmp_path).package.template
    )


def test_one_file_under_two_keys_is_one_asset(tmp_path: Path, code: Path) -> None:
    resources = {n: {"Properties": {"S3Bucket": "b", "S3Key": f"{CLOCK}/{n}.zip"}} for n in ("A", "B")}
    result = trusted(tmp_path, resources, {"A.zip": code, "B.zip": code})
    [asset] = result.package.assets
    assert asset.used_by == ("A", "B")
    assert result.files == {asset.sha256: code}


def test_nested_templates_are_made_canonical_too(tmp_path: Path) -> None:
    def package(clock: str, when: tuple[int, ...]) -> Package:
        zipped(tmp_path / "inner.zip", FILES, when)
        api = {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}}
        function = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"S3Bucket": THEIRS, "S3Key": f"{CLOCK}/inner.zip"}},
        }
        child = {"Resources": {f"ApiGatewayDeployment{clock}": api, "F": function}}
        (tmp_path / "child.json").write_text(json.dumps(child))
        (tmp_path / "middle.json").write_text(
            json.dumps(
                {
                    "Resources": {
                        "C": {
                            "Type": "AWS::CloudFormation::Stack",
                            "Properties": {"TemplateURL": f"https://s3.amazonaws.com/b/{CLOCK}/child.json"},
                        }
                    }
                }
            )
        )
        url = {"Fn::Join": ["/", ["https://s3.amazonaws.com", THEIRS, f"{CLOCK}/middle.json"]]}
        resources = {"M": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}
        files = {n: tmp_path / n for n in ("child.json", "middle.json", "inner.zip")}
        result = trusted(tmp_path, resources, files)
        assert CLOCK not in "".join(p.read_text(errors="replace") for p in result.files.values())
        return result.package

    one, two = package("1795412657579", NOW), package("1795412999999", LATER)
    assert one.digest == two.digest
    assert {asset.used_by for asset in one.assets} == {("M",), ("M/C",), ("M/C/F",)}


def versioned(zip_: Path, version: str, **properties: Any) -> dict[str, Any]:
    code = {"S3Bucket": THEIRS, "S3Key": f"{CLOCK}/{zip_.name}"}
    return {
        "FLambdaFunction": {"Type": "AWS::Lambda::Function", "Properties": {"Code": code, **properties}},
        f"FLambdaVersion{version}": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "FLambdaFunction"}, "CodeSha256": "theirs"},
        },
        "FAlias": {"Properties": {"FunctionVersion": {"Fn::GetAtt": [f"FLambdaVersion{version}", "Version"]}}},
    }


def version_of(result: Trusted) -> str:
    found: dict[str, Any] = template(result)["Resources"]
    [name] = [name for name in found if name.startswith("FLambdaVersion")]
    assert found["FAlias"]["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [name, "Version"]}
    return name


def test_the_version_of_a_rewritten_zip_is_named_after_what_is_stored(tmp_path: Path) -> None:
    """Lambda refuses to publish a version whose CodeSha256 is not that of the code."""
    one = trusted(tmp_path, versioned(zipped(tmp_path / "a.zip", FILES), "A" * 43), {"a.zip": tmp_path / "a.zip"})
    name = version_of(one)
    [asset] = one.package.assets
    assert template(one)["Resources"][name]["Properties"]["CodeSha256"] == asset.code_sha256
    zipped(tmp_path / "a.zip", FILES, LATER)
    assert (
        trusted(tmp_path, versioned(tmp_path / "a.zip", "B" * 43), {"a.zip": tmp_path / "a.zip"}).package.digest
        == one.package.digest
    )
    tagged = versioned(tmp_path / "a.zip", "C" * 43, Tags=[{"Key": "a", "Value": "b"}])
    assert version_of(trusted(tmp_path, tagged, {"a.zip": tmp_path / "a.zip"})) == name
    larger = versioned(tmp_path / "a.zip", "D" * 43, MemorySize=2048)
    assert version_of(trusted(tmp_path, larger, {"a.zip": tmp_path / "a.zip"})) != name


def test_the_version_over_the_frameworks_own_bytes_keeps_its_name(tmp_path: Path, code: Path) -> None:
    result = trusted(tmp_path, versioned(code, "A" * 43), {"api.zip": code})
    assert version_of(result) == "FLambdaVersion" + "A" * 43
    assert '"CodeSha256":"theirs"' in result.package.template


def test_a_rewritten_layer_settles_the_versions_above_it_and_its_own_retained_name(tmp_path: Path, code: Path) -> None:
    def package(sha1: str, version: str, when: tuple[int, ...]) -> Package:
        layer = zipped(tmp_path / "layer.zip", FILES, when)
        name = f"CommonLambdaLayer{sha1}"
        resources = {
            name: {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"Content": {"S3Bucket": THEIRS, "S3Key": f"{CLOCK}/layer.zip"}},
            },
            f"CommonPermission{sha1}": {
                "Type": "AWS::Lambda::LayerVersionPermission",
                "Properties": {"LayerVersionArn": {"Ref": name}},
            },
            **versioned(code, version, Layers=[{"Ref": name}, "arn:of:another"]),
        }
        outputs = {
            "CommonLambdaLayerHash": {"Value": sha1},
            "CommonLambdaLayerS3Key": {"Value": f"{CLOCK}/layer.zip"},
        }
        return trusted(tmp_path, resources, {"layer.zip": layer, "api.zip": code}, Outputs=outputs).package

    one = package("a" * 40, "A" * 43, NOW)
    assert one.digest == package("b" * 40, "B" * 43, LATER).digest
    assert "a" * 40 not in one.template
    assert "A" * 43 not in one.template


def rest_api(clock: str, **more: Any) -> dict[str, Any]:
    api = {"RestApiId": {"Ref": "Api"}}
    return {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "n"}},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": {**api, "HttpMethod": "GET"}},
        f"ApiGatewayDeployment{clock}": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {**api, "StageName": "dev"},
            "DependsOn": ["Method"],
        },
        "Key": {"DependsOn": f"ApiGatewayDeployment{clock}", "P": {"Fn::Sub": f"${{ApiGatewayDeployment{clock}}}"}},
        **more,
    }


def deployment(tmp_path: Path, resources: dict[str, Any]) -> str:
    found: dict[str, Any] = template(trusted(tmp_path, resources, {}))["Resources"]
    [name] = [n for n in found if n.startswith("ApiGatewayDeployment")]
    assert found["Key"] == {"DependsOn": name, "P": {"Fn::Sub": f"${{{name}}}"}}
    return name


def test_a_deployment_is_named_after_its_api(tmp_path: Path) -> None:
    name = deployment(tmp_path, rest_api("1795412657579"))
    assert name == deployment(tmp_path, rest_api("1795412999999"))
    other = {"Type": "AWS::ApiGateway::Method", "Properties": {"RestApiId": "another", "HttpMethod": "PUT"}}
    assert name == deployment(tmp_path, rest_api("1795412657579", Other=other))
    tagged = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "n", "Tags": [1]}}
    assert name == deployment(tmp_path, rest_api("1795412657579", Api=tagged))
    own = {"Type": "AWS::ApiGateway::Method", "Properties": {"RestApiId": {"Ref": "Api"}, "HttpMethod": "PUT"}}
    assert name != deployment(tmp_path, rest_api("1795412657579", Own=own))


def test_a_deployment_follows_the_part_of_its_api_that_a_plugin_split_off(tmp_path: Path) -> None:
    def nested(url: str, api: str) -> dict[str, Any]:
        parameters = {"ApiParameter": {"Ref": api}}
        properties = {"TemplateURL": url, "Parameters": parameters}
        return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}

    def name(part: dict[str, Any]) -> str:
        return deployment(tmp_path, rest_api("1795412657579", Part=part))

    assert name(nested("one", "Api")) != name(nested("two", "Api"))
    assert name(nested("one", "Table")) == name(nested("two", "Table"))


def test_ids_that_people_gave_stay(tmp_path: Path) -> None:
    mine = {"ApiGatewayDeploymentMine": {"Type": "AWS::ApiGateway::Deployment", "Properties": {}}}
    assert template(trusted(tmp_path, mine, {}))["Resources"] == mine


def test_order_of_keys_does_not_count(tmp_path: Path) -> None:
    one = trusted(tmp_path, {"A": {"x": 1, "y": 2}, "B": {}}, {})
    two = trusted(tmp_path, {"B": {}, "A": {"y": 2, "x": 1}}, {})
    assert one.package.digest == two.package.digest


@pytest.mark.parametrize(
    "more",
    [
        {"parameters": {"A": "1"}},
        {"tags": {"A": "1"}},
        {"capabilities": ()},
        {"settings": StackSettings(role_arn="arn")},
    ],
)
def test_the_digest_covers_all_that_decides_what_runs(tmp_path: Path, more: dict[str, Any]) -> None:
    plain = trust(assembly({"Resources": {}}, {}), bucket="ours", scratch=tmp_path).package
    other = trust(assembly({"Resources": {}}, {}, **more), bucket="ours", scratch=tmp_path).package
    assert plain.digest != other.digest
    for package in (plain, other):
        assert Package.from_json(package.to_json()) == package
        assert Package.from_json(package.to_json()).digest == package.digest


def test_which_framework_made_it_does_not_count(tmp_path: Path) -> None:
    one = Assembly("s", {"Resources": {}}, {}, "r", "osls 3")
    two = Assembly("s", {"Resources": {}}, {}, "r", "osls 4")
    assert (
        trust(one, bucket="b", scratch=tmp_path).package.digest
        == trust(two, bucket="b", scratch=tmp_path).package.digest
    )


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing):
        trusted(tmp_path, {}, {"gone.zip": tmp_path / "gone.zip"})
