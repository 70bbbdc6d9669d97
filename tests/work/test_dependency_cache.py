"""Dependencies kept between builds: by what they are made of, checked, bounded, and never by a build's own hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.registry import Registry
from tests.work.installs import Place

from seed.frameworks.serverless import InstallStep, install_steps
from seed.work.dependencies.dependency_cache import DependencyCache
from seed.work.dependencies.dependency_key import recipe
from seed.work.runner import LocalRunner, is_note


def test_a_second_checkout_with_the_same_lock_installs_nothing(place: Place) -> None:
    assert place.install(place.tree("one", "left"))
    asked = place.registry.asked
    two = place.tree("two", "left")

    assert place.install(two)

    assert (two / "node_modules/left/index.js").read_text() == "module.exports = 1\n"
    assert place.registry.asked == asked
    assert (place.cache.counts.hits, place.cache.counts.misses) == (1, 1)
    assert "from the cache" in place.said[-1]


def test_it_survives_a_restart(place: Place, registry: Registry) -> None:
    place.install(place.tree("one", "left"))

    again = Place(place.folder, registry)
    assert again.install(again.tree("two", "left"))
    assert again.cache.counts.hits == 1


def test_force_installs_anew(place: Place) -> None:
    place.install(place.tree("one", "left"))

    assert place.install(place.tree("two", "left"), force=True)
    assert place.cache.counts.hits == 0


def test_a_damaged_entry_is_dropped_and_made_anew(place: Place) -> None:
    place.install(place.tree("one", "left"))
    [archive] = (place.folder / "cache").glob("*/*.tar")
    archive.write_bytes(archive.read_bytes()[:-600] + b"x" * 600)
    two = place.tree("two", "left")

    place.said.clear()
    assert place.install(two)

    assert place.said[0].startswith("What was kept has been damaged")
    assert place.cache.counts.dropped == 1
    assert (two / "node_modules/left/index.js").is_file()
    assert place.install(place.tree("three", "left"))
    assert place.cache.counts.hits == 1


def test_what_was_used_longest_ago_is_evicted(tmp_path: Path) -> None:
    cache = DependencyCache(tmp_path / "cache", 3)
    megabyte = tmp_path / "tar"
    megabyte.write_bytes(b"x" * 1024 * 1024)
    keys = [f"{n:02}" * 32 for n in range(4)]
    for key in keys[:3]:
        cache.put(key, megabyte)
    _aged(tmp_path / "cache", keys[0], 300)
    _aged(tmp_path / "cache", keys[1], 200)
    assert cache.get(keys[0]) is not None

    cache.put(keys[3], megabyte)

    assert [cache.get(key) is not None for key in keys] == [True, False, True, True]
    assert cache.counts.evicted == 1


def test_what_alone_is_larger_than_the_cache_is_not_kept(tmp_path: Path) -> None:
    cache = DependencyCache(tmp_path / "cache", 1)
    (tmp_path / "tar").write_bytes(b"x" * 2 * 1024 * 1024)

    cache.put("ab" * 32, tmp_path / "tar")

    assert cache.get("ab" * 32) is None


def test_the_repositorys_own_files_have_no_hand_in_what_is_kept(place: Place) -> None:
    tree = place.tree("hostile", "spy")
    (tree / "evil.js").write_text("throw 1\n")

    assert place.install(tree)

    assert (tree / "node_modules/spy/saw").read_text() == "false"


def test_a_lock_that_does_not_fit_is_left_to_the_usual_installation(place: Place) -> None:
    tree = place.tree("one", "left")
    package = json.loads((tree / "package.json").read_text())
    package["dependencies"]["missing"] = "1.0.0"
    (tree / "package.json").write_text(json.dumps(package))

    assert not place.install(tree)
    assert not list((place.folder / "cache").glob("*/*.tar"))


@pytest.mark.parametrize(
    "change",
    [
        {"scripts": {"postinstall": "node build.js"}},
        {"dependencies": {"left": "file:../left"}},
    ],
)
def test_what_is_made_of_the_repositorys_code_is_not_kept(place: Place, change: dict[str, object]) -> None:
    tree = place.tree("one", "left")
    package = json.loads((tree / "package.json").read_text())
    (tree / "package.json").write_text(json.dumps({**package, **change}))
    [step] = install_steps(tree, "")

    assert recipe(tree, step, {}, "app 1", "node 20") is None


def test_a_registry_that_is_closed_is_told_while_the_package_manager_still_tries(place: Place) -> None:
    tree = place.tree("one", "left")
    lock = tree / "package-lock.json"
    lock.write_text(lock.read_text().replace(f"127.0.0.1:{place.registry.port}", "10.1.2.3:4873"))

    assert not place.install(tree, cancelled=lambda: any(map(is_note, place.said)))

    [note] = filter(is_note, place.said)
    assert note.startswith("[10.1.2.3:4873 is closed to builds: SEED_BUILD_NETWORK_ALLOW=10.1.2.3:4873 opens it")


def test_the_key_is_made_of_files_versions_app_and_variables(place: Place) -> None:
    tree = place.tree("one", "left")
    [step] = install_steps(tree, "")

    def key(env: dict[str, str], scope: str = "app 1", versions: str = "node 20") -> str:
        made = recipe(tree, step, env, scope, versions)
        assert made is not None
        return made.key

    usual = key({})
    assert key({"AWS_SECRET_ACCESS_KEY": "x", "SEED_BRANCH": "other"}) == usual
    others = {key({"NODE_ENV": "production"}), key({}, "app 2"), key({}, versions="node 22")}
    (tree / ".npmrc").write_text("omit=dev\n")
    assert len({usual, *others, key({})}) == 5


def test_programs_that_a_hook_chose_are_not_those_of_the_key(place: Place) -> None:
    tree = place.tree("one", "left")
    [step] = install_steps(tree, "")

    assert recipe(tree, step, {"PATH": "/evil"}, "app 1", "node 20") is None


@pytest.mark.parametrize(
    ("requirements", "kept"),
    [
        ("left==1.0\n# why\nright==2.0 ; python_version > '3'\n", True),
        ("left\n", False),
        ("-e .\n", False),
        ("./x.whl\n", False),
    ],
)
def test_requirements_are_kept_where_each_is_pinned(tmp_path: Path, requirements: str, kept: bool) -> None:
    (tmp_path / "requirements.txt").write_text(requirements)
    step = InstallStep(
        "", "pip install", ("python3", "-m", "pip", "install", "--target", ".", "-r", "requirements.txt")
    )

    assert (recipe(tmp_path, step, {}, "app 1", "3.12") is not None) is kept
    assert recipe(tmp_path, replace(step, argv=("pip", "--no-deps", "left==1.0")), {}, "a", "3") is not None


def _aged(folder: Path, key: str, seconds: float) -> None:
    import os

    [archive] = folder.glob(f"*/{key}.tar")
    at = archive.stat().st_mtime - seconds
    os.utime(archive, (at, at))


def test_the_versions_in_the_key_are_those_that_the_programs_tell(place: Place) -> None:
    told = place.cache.versions(LocalRunner(place.folder / "runs"), place.folder / "work" / "versions")

    assert told.splitlines()[0] == "node"
    assert told.splitlines()[1].startswith("v")
