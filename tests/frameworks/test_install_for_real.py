"""Dependencies are installed by the real programs, fenced in, and end up in the package the same each time."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from tests.frameworks.packaging import Workshop

from seed.frameworks.serverless import explain_install, install_steps

PYTHON = "service: py\nprovider: {name: aws, runtime: python3.12}\nfunctions: {f: {handler: h.main}}\n"


def install(workshop: Workshop, tree: Path, **env: str) -> None:
    lines: list[str] = []
    for step in install_steps(tree, ""):
        exit_ = workshop.runner.run(step.command(tree, {**workshop.env, **env}, 120), lines.append)
        assert exit_.ok, "\n".join(lines)


def node_tree(folder: Path, *, locked: str = "1.0.0") -> Path:
    left = folder / "left"
    left.mkdir(parents=True)
    (left / "package.json").write_text(json.dumps({"name": "left", "version": "1.0.0"}))
    given = {"name": "a", "version": "1.0.0", "dependencies": {"left": "file:left"}}
    (folder / "package.json").write_text(json.dumps(given))
    packages = {"": given, "left": {"version": locked}, "node_modules/left": {"resolved": "left", "link": True}}
    lock = {"name": "a", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


def test_npm_installs_what_is_locked(workshop: Workshop, tmp_path: Path) -> None:
    tree = node_tree(tmp_path / "tree")
    install(workshop, tree)
    assert (tree / "node_modules/left/package.json").is_file()


def test_a_lock_that_does_not_fit_is_told_in_npms_words(workshop: Workshop, tmp_path: Path) -> None:
    tree = node_tree(tmp_path / "tree")
    (tree / "package.json").write_text(json.dumps({"name": "a", "dependencies": {"left": "file:right"}}))
    lines: list[str] = []
    [step] = install_steps(tree, "")
    assert not workshop.runner.run(step.command(tree, {}, 120), lines.append).ok
    told = explain_install(step.name, lines, where="the root")
    assert "npm ci failed: `npm ci` can only install packages when" in told.sentence


def wheel(folder: Path) -> None:
    files = {
        "left.py": "x = 1\n",
        "left-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: left\nVersion: 1.0\n",
        "left-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / "left-1.0-py3-none-any.whl", "w") as out:
        for name, text in files.items():
            out.writestr(zipfile.ZipInfo(name), text)
        record = "".join(f"{name},,\n" for name in (*files, "left-1.0.dist-info/RECORD"))
        out.writestr(zipfile.ZipInfo("left-1.0.dist-info/RECORD"), record)


@pytest.mark.parametrize("locked", [False, True])
def test_python_dependencies_are_in_the_package_and_the_same_each_time(
    workshop: Workshop, tmp_path: Path, locked: bool
) -> None:
    digests = set()
    for name in ("one", "two"):
        tree = tmp_path / name
        tree.mkdir()
        wheel(tree)
        (tree / "serverless.yml").write_text(PYTHON)
        (tree / "h.py").write_text("import left\n\n\ndef main(*_):\n    return left.x\n")
        if locked:
            (tree / "Pipfile.lock").write_text(json.dumps({"default": {"left": {"version": "==1.0"}}}))
        else:
            (tree / "requirements.txt").write_text("left==1.0\n")
        install(workshop, tree, PIP_NO_INDEX="1", PIP_FIND_LINKS=".")
        package = workshop.package(tree)
        [code] = package.assembly.files.values()
        assert "left.py" in zipfile.ZipFile(code).namelist()
        digests.add(package.trusted.package.digest)
    assert len(digests) == 1


@pytest.mark.campaign
def test_the_repositorys_own_serverless_3(workshop: Workshop) -> None:
    """Half a minute of npm install."""
    tree = workshop.tree("orders-api-v1")
    (tree / "package.json").write_text('{"name": "orders-api", "devDependencies": {"serverless": "3.40.0"}}')
    install(workshop, tree)
    one = workshop.package(tree)
    assert one.assembly.framework == "serverless 3.40.0 (from the repository)"
    assert workshop.package(tree).trusted.package.digest == one.trusted.package.digest
