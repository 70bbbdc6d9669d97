"""What runs after the stack is deployed is told by the package step, and read as what a stranger wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.frameworks.packaging import Workshop

from seed.frameworks.serverless.plugins import MOST, TOLD, read_plugins
from seed.packages import Package

PLUGIN = "module.exports = class { constructor() { this.hooks = { '%s': () => {} }; } };"
SERVICE = """service: told
provider: {name: aws, runtime: nodejs20.x, %s}
plugins: [%s]
functions: {one: {handler: one.handler, events: [{http: 'GET /one'}]}}
"""


def packaged(
    workshop: Workshop, folder: Path, hook: str, settings: str = "memorySize: 256", version: str = "4",
    plugins: str = "./ours",
) -> Package:  # fmt: skip
    folder.mkdir(exist_ok=True)
    text = SERVICE % (settings, plugins)
    (folder / "serverless.yml").write_text(f"frameworkVersion: '{version}'\n{text}")
    (folder / "ours.js").write_text(PLUGIN % hook)
    (folder / "one.js").write_text("exports.handler = async () => 1;")
    return workshop.package(folder).trusted.package


@pytest.mark.parametrize(
    ("hook", "told", "version"),
    [
        ("after:deploy:deploy", True, "3"),
        ("before:aws:deploy:deploy:updateStack", True, "4"),
        ("after:deploy:function:deploy", False, "4"),
    ],
)
def test_plugins_with_hooks_on_the_deploy_lifecycle_are_named_with_their_content(
    workshop: Workshop, tmp_path: Path, hook: str, told: bool, version: str
) -> None:
    content = sha256((PLUGIN % hook).encode()).hexdigest()[:8]
    expected = (f"./ours@{content}",) if told else ()
    assert packaged(workshop, tmp_path / "tree", hook, version=version).plugins == expected


def test_an_installed_plugin_is_named_with_its_version(workshop: Workshop, tmp_path: Path) -> None:
    home = tmp_path / "tree/node_modules/theirs"
    (home / "lib").mkdir(parents=True)
    (home / "package.json").write_text('{"name": "theirs", "version": "1.2.3", "main": "lib/index.js"}')
    (home / "lib/package.json").write_text('{"type": "commonjs"}')
    (home / "lib/index.js").write_text(PLUGIN % "after:deploy:deploy")

    package = packaged(workshop, tmp_path / "tree", "after:package:finalize", plugins="./ours, theirs")

    assert package.plugins == ("theirs@1.2.3",)


def test_settings_that_the_framework_carries_out_itself_are_named_and_count_in_the_digest(
    workshop: Workshop, tmp_path: Path
) -> None:
    settings = "pruneFunctionVersions: true, deletionProtection: false, tags: {team: shop}"
    package = packaged(workshop, tmp_path / "tree", "after:package:finalize", settings)

    names = ["provider.deletionProtection", "provider.pruneFunctionVersions", "provider.tags"]
    assert [name.partition("@")[0] for name in package.plugins] == names
    assert Package.from_json(package.to_json()) == package
    assert package.digest != replace(package, plugins=()).digest


def test_one_that_is_set_to_something_else_has_another_name_and_the_order_of_its_keys_is_nothing(
    workshop: Workshop, tmp_path: Path
) -> None:
    def named(tags: str) -> tuple[str, ...]:
        return packaged(workshop, tmp_path / "tree", "after:package:finalize", f"tags: {tags}").plugins

    first = named("{team: shop, part: api}")

    assert named("{part: api, team: shop}") == first
    assert named("{team: shop, part: web}") != first


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "{}", "7", '[1, null, ""]', json.dumps("x" * 200_000)], ids=str.__len__
)
def test_what_is_no_list_of_names_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / TOLD).write_text(text)
    assert read_plugins(tmp_path) == ()


def test_names_are_bounded_and_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "there").write_text('["a"]')
    (tmp_path / TOLD).symlink_to(tmp_path / "there")
    assert read_plugins(tmp_path) == ()
    (tmp_path / TOLD).unlink()
    (tmp_path / TOLD).write_text(json.dumps([f"{number:03}{'x' * 500}" for number in range(MOST + 9)]))
    names = read_plugins(tmp_path)
    assert (len(names), max(map(len, names))) == (MOST, 120)
