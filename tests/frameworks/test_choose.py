"""The repository's own framework packages it; where it has none, a bundled line that its version allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from tests.frameworks.packaging import BUNDLED

from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import ConfigNotReadable, FrameworkNotUsable
from seed.frameworks.serverless import Framework, choose_framework
from seed.frameworks.serverless.wanted import only_old


def choose(tree: Path, path: str = "", config: str = "service: a\n") -> Framework:
    (tree / path).mkdir(parents=True, exist_ok=True)
    (tree / path / "serverless.yml").write_text(config)
    return choose_framework(tree, FoundService(path, "serverless.yml", "a"), BUNDLED)


def wants(folder: Path, name: str, version: str = "*") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"devDependencies": {name: version}}))


def has(folder: Path, name: str, version: str, program: str = "./bin/serverless.js") -> Path:
    root = folder / "node_modules" / name
    root.mkdir(parents=True)
    manifest = {"version": version, "bin": {"serverless": program, "sls": program}}
    (root / "package.json").write_text(json.dumps(manifest))
    return root


@pytest.mark.parametrize(
    "version",
    [
        "3",
        "^3.2",
        "2.x || 3.x",
        ">=2 <4",
        "~3.38.0",
        ">=1.0.0 <=3.99.0",
        "1.2 - 3.4",
        "<4.0.0",
        "=3.1.0",
        "v3",
        "3.40.0",
    ],
)
def test_a_version_that_keeps_four_out_gets_the_old_line(tmp_path: Path, version: str) -> None:
    assert only_old(version)
    framework = choose(tmp_path, config=f"frameworkVersion: '{version}'\n")
    assert framework.label.startswith("osls 3.")
    assert "(bundled" in framework.label
    assert framework.sdk == "v2"


@pytest.mark.parametrize(
    "version", ["", ">=3.0.0", "*", "3 || 4", "1 - 5", ">2 <5", "<4.1", "4", "latest", "${self:custom.v3}"]
)
def test_a_version_that_lets_four_in_gets_the_new_line(tmp_path: Path, version: str) -> None:
    assert not only_old(version)
    framework = choose(tmp_path, config=f"frameworkVersion: '{version}'\n")
    assert framework.label.startswith("osls 4.")
    assert framework.sdk == "v3"


@pytest.mark.parametrize(
    ("version", "label"),
    [
        ("3", "(bundled)"),
        ("^3.2", "(bundled)"),
        (">=2 <4", "(bundled)"),
        ("3.38.0", "(bundled, for frameworkVersion 3.38.0)"),
        ("~3.38", "(bundled, for frameworkVersion ~3.38)"),
        ("2", "(bundled, for frameworkVersion 2)"),
        ("<=3.1 || 2.x", "(bundled, for frameworkVersion <=3.1 || 2.x)"),
        ("4.0.0", "(bundled, for frameworkVersion 4.0.0)"),
        ("", "(bundled)"),
    ],
)
def test_it_says_when_a_bundled_line_stands_in_for_another_version(tmp_path: Path, version: str, label: str) -> None:
    assert choose(tmp_path, config=f"frameworkVersion: '{version}'\n").label.endswith(label)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("module.exports = { service: 'a', frameworkVersion: '3' };", "osls 3."),
        ('const c: AWS = { "frameworkVersion" : "^2.70.0 || ^3" };', "osls 3."),
        ("export = { frameworkVersion: version }", "osls 4."),
        ("", "osls 4."),
    ],
)
def test_a_configuration_that_is_code_is_read_but_not_run(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "serverless.ts").write_text(text)
    found = choose_framework(tmp_path, FoundService("", "serverless.ts", "a"), BUNDLED)
    assert found.label.startswith(line)


@pytest.mark.parametrize(
    ("name", "version", "sdk"), [("serverless", "3.40.0", "v2"), ("osls", "3.77.1", "v2"), ("osls", "4.3.1", "v3")]
)
def test_the_repositorys_own_goes_before(tmp_path: Path, name: str, version: str, sdk: Literal["v2", "v3"]) -> None:
    wants(tmp_path, name)
    root = has(tmp_path, name, version)
    framework = choose(tmp_path, "services/a", "frameworkVersion: '3'\n")
    assert framework == Framework(
        root / "bin/serverless.js",
        f"{name} {version} (from the repository)",
        sdk,
        tmp_path,
    )


def test_the_nearest_package_json_decides_and_hoisted_modules_are_found(tmp_path: Path) -> None:
    wants(tmp_path, "serverless")
    wants(tmp_path / "services/a", "osls")
    has(tmp_path, "serverless", "3.40.0")
    has(tmp_path, "osls", "3.70.0")
    assert choose(tmp_path, "services/a").label.startswith("osls 3.70.0")
    assert choose(tmp_path, "services/b").label.startswith("serverless 3.40.0")


def test_the_licensed_line_is_refused_with_the_way_out(tmp_path: Path) -> None:
    wants(tmp_path, "serverless")
    has(tmp_path, "serverless", "4.43.0")
    with pytest.raises(FrameworkNotUsable) as told:
        choose(tmp_path)
    assert "osls@4" in told.value.hint


def test_asked_for_but_not_installed_is_told(tmp_path: Path) -> None:
    wants(tmp_path / "a", "serverless")
    with pytest.raises(FrameworkNotUsable) as told:
        choose(tmp_path, "a")
    assert told.value.where == "a/package.json"


def test_modules_that_link_out_of_the_checkout_are_not_run(tmp_path: Path) -> None:
    elsewhere = has(tmp_path / "elsewhere", "serverless", "3.40.0")
    tree = tmp_path / "tree"
    wants(tree, "serverless")
    (tree / "node_modules").symlink_to(elsewhere.parent)
    with pytest.raises(FrameworkNotUsable):
        choose(tree)


def test_a_program_outside_of_its_package_is_not_run(tmp_path: Path) -> None:
    wants(tmp_path, "osls")
    has(tmp_path, "osls", "4.3.1", "../../../../usr/bin/env")
    with pytest.raises(FrameworkNotUsable):
        choose(tmp_path)


@pytest.mark.parametrize("path", ["../..", "a/../../b", "/etc"])
def test_a_service_outside_of_the_checkout_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigNotReadable):
        choose_framework(tmp_path, FoundService(path, "serverless.yml", "a"), BUNDLED)


@pytest.mark.parametrize("text", ["{", "[]", '{"a": ' * 50_000])
def test_a_broken_package_json_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "package.json").write_text(text)
    with pytest.raises(ConfigNotReadable) as told:
        choose(tmp_path)
    assert told.value.where.startswith("package.json")
