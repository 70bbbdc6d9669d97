"""Dependencies of a workspace kept between builds: made of manifests alone, and of no member's code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.work.installs import Place

from seed.frameworks.serverless import install_steps
from seed.work.dependencies.dependency_key import recipe

MEMBERS = {"api": ("left", "shared"), "shared": ("left",)}


def workspace(place: Place, name: str) -> Path:
    tree = place.folder / "work" / name
    place.registry.write_workspace(tree, MEMBERS)
    for member in MEMBERS:
        (tree / "packages" / member / "index.js").write_text(f"module.exports = '{member} of {name}'\n")
    return tree


def change(tree: Path, folder: str, **more: object) -> None:
    path = tree / folder / "package.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


def why_not(tree: Path) -> str:
    said: list[str] = []
    [step] = install_steps(tree, "")
    assert recipe(tree, step, {}, "app 1", "node 20", said.append) is None
    [reason] = said
    return reason


def key(tree: Path) -> str:
    [step] = install_steps(tree, "")
    made = recipe(tree, step, {}, "app 1", "node 20")
    assert made is not None
    return made.key


def test_a_second_checkout_installs_nothing_and_has_its_own_members(place: Place) -> None:
    assert place.install(workspace(place, "one"))
    asked = place.registry.asked
    two = workspace(place, "two")

    assert place.install(two)

    assert place.registry.asked == asked
    assert "from the cache" in place.said[-1]
    for member in MEMBERS:
        assert (two / "packages" / member / "node_modules/left/index.js").read_text() == "module.exports = 1\n"
        assert (two / "node_modules" / member / "index.js").read_text() == f"module.exports = '{member} of two'\n"
        assert (two / "node_modules" / member).resolve() == two / "packages" / member


def test_no_members_code_is_kept_or_has_a_hand_in_it(place: Place) -> None:
    tree = workspace(place, "hostile")
    (tree / "packages/api/evil.js").write_text("throw 1\n")

    assert place.install(tree)

    [archive] = (place.folder / "cache").glob("*/*.tar")
    assert b"evil" not in archive.read_bytes()
    assert b"of hostile" not in archive.read_bytes()
    assert (tree / "packages/api/package.json").is_file()


def test_the_manifest_of_every_member_is_in_the_key_and_its_code_is_not(place: Place) -> None:
    tree = workspace(place, "one")
    before = key(tree)
    (tree / "packages/api/index.js").write_text("other code\n")
    assert key(tree) == before

    change(tree, "packages/shared", version="1.0.1")
    after = key(tree)
    assert after != before
    (tree / "packages/api/.npmrc").write_text("omit=dev\n")
    assert key(tree) not in {before, after}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"scripts": {"postinstall": "node build.js"}}, "packages/api has install scripts of its own"),
        ({"dependencies": {"other": "file:../../other"}}, "or dependencies from folders"),
        ({"bin": {"api": "cli.js"}}, "packages/api offers commands"),
        ({"dependenciesMeta": {"shared": {"injected": True}}}, "copies of members"),
    ],
)
def test_what_looks_at_more_of_a_member_is_not_kept_and_says_why(
    place: Place, more: dict[str, object], reason: str
) -> None:
    tree = workspace(place, "one")
    change(tree, "packages/api", **more)

    assert reason in why_not(tree)


def test_neither_is_one_with_code_to_build_a_link_or_something_installed_by_a_hook(place: Place) -> None:
    tree = workspace(place, "one")
    (tree / "packages/api/binding.gyp").write_text("{}")
    assert "brings code" in why_not(tree)
    (tree / "packages/api/binding.gyp").unlink()

    (tree / "packages/web").symlink_to("api")
    assert "a member is a link" in why_not(tree)
    (tree / "packages/web").unlink()

    (tree / "packages/api/node_modules").mkdir()
    assert "node_modules is there already" in why_not(tree)
