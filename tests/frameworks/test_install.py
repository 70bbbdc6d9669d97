"""The lock file says which program installs; what a workspace's root has installed is not installed again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seed.frameworks.errors import ConfigNotReadable
from seed.frameworks.serverless import explain_install, install_steps
from seed.known_errors import recognise

DEPENDS = json.dumps({"dependencies": {"left": "1"}})
PYTHON = "service: a\nprovider: {name: aws, runtime: python3.12}\n"


def steps(tree: Path, files: dict[str, str], service: str = "") -> list[tuple[str, str]]:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return [(step.folder, step.name) for step in install_steps(tree, service)]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"package-lock.json": "{}"}, "npm ci"),
        ({"npm-shrinkwrap.json": "{}"}, "npm ci"),
        ({"yarn.lock": "# yarn lockfile v1\n"}, "yarn install"),
        ({"pnpm-lock.yaml": ""}, "pnpm install"),
        ({}, "npm install"),
    ],
)
def test_the_lock_file_names_the_program(tmp_path: Path, files: dict[str, str], name: str) -> None:
    assert steps(tmp_path, {"package.json": DEPENDS, **files}) == [("", name)]


def test_a_new_yarn_lock_is_kept_as_it_is(tmp_path: Path) -> None:
    steps(tmp_path, {"package.json": DEPENDS, "yarn.lock": "# comment\n\n__metadata:\n  version: 8\n"})
    assert install_steps(tmp_path, "")[0].argv == ("yarn", "install", "--immutable")


def test_nothing_to_install_is_no_step(tmp_path: Path) -> None:
    assert steps(tmp_path, {"package.json": "{}", "a/serverless.yml": "service: a"}, "a") == []


def test_from_the_root_down_to_the_service(tmp_path: Path) -> None:
    files = {f"{folder}package.json": DEPENDS for folder in ("", "services/", "services/a/", "other/")}
    assert [folder for folder, _ in steps(tmp_path, files, "services/a")] == ["", "services", "services/a"]


@pytest.mark.parametrize("globs", [["services/*"], ["services/a"], ["./services/*/"], ["services/**"], ["**"]])
def test_a_member_of_a_workspace_is_installed_by_its_root(tmp_path: Path, globs: list[str]) -> None:
    root = json.dumps({"workspaces": globs})
    files = {"package.json": root, "yarn.lock": "", "services/a/package.json": DEPENDS}
    assert steps(tmp_path, files, "services/a") == [("", "yarn install")]


def test_a_folder_that_is_no_member_installs_its_own(tmp_path: Path) -> None:
    root = json.dumps({"workspaces": {"packages": ["packages/*"]}})
    files = {"package.json": root, "package-lock.json": "", "services/a/package.json": DEPENDS}
    assert steps(tmp_path, files, "services/a") == [("", "npm ci"), ("services/a", "npm install")]


def test_python_dependencies_are_laid_beside_the_code(tmp_path: Path) -> None:
    assert steps(tmp_path, {"serverless.yml": PYTHON, "requirements.txt": "left==1"}) == [("", "pip install")]
    [step] = install_steps(tmp_path, "")
    assert step.argv[-4:] == ("--target", ".", "-r", "requirements.txt")


def test_a_pipfile_lock_is_read_as_a_list(tmp_path: Path) -> None:
    lock = {
        "default": {
            "b": {"version": "==2", "extras": ["x"], "markers": "python_version > '3'"},
            "a": {"version": "==1"},
        }
    }
    steps(tmp_path, {"serverless.yml": PYTHON, "Pipfile.lock": json.dumps(lock)})
    [step] = install_steps(tmp_path, "")
    assert step.argv[-3:] == ("--no-deps", "a==1", "b[x]==2 ; python_version > '3'")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"default": {"a": {}}}', '{"default": {"--index-url": {"version": "=x"}}}']
)
def test_a_broken_pipfile_lock_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigNotReadable):
        steps(tmp_path, {"serverless.yml": PYTHON, "Pipfile.lock": text})


@pytest.mark.parametrize(
    "files",
    [
        {"serverless.yml": "service: a\nprovider: {runtime: nodejs20.x}\n"},
        {"serverless.yml": PYTHON + "plugins: [serverless-python-requirements]\n"},
        {"serverless.yml": PYTHON + "plugins: {modules: [serverless-python-requirements]}\n"},
    ],
)
def test_python_dependencies_that_others_see_to_are_left_to_them(tmp_path: Path, files: dict[str, str]) -> None:
    assert steps(tmp_path, {**files, "requirements.txt": "left==1"}) == []


def test_the_requirements_of_scripts_at_the_root_are_no_services(tmp_path: Path) -> None:
    assert steps(tmp_path, {"requirements.txt": "left==1", "a/serverless.yml": PYTHON}, "a") == []


def test_the_package_managers_own_message_is_in_front() -> None:
    lines = [
        "npm error code EUSAGE",
        "npm error",
        "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.",
        "npm error A complete log of this run can be found in: /somewhere/x.log",
    ]
    told = explain_install("npm ci", lines, where="the root")
    assert told.sentence == (
        "npm ci failed: `npm ci` can only install packages when your package.json and package-lock.json are in sync."
    )
    assert explain_install(
        "pip install", ["ERROR: No matching distribution found for left==99"], where="a"
    ).sentence == ("pip install failed: No matching distribution found for left==99.")
    assert "without a word" in explain_install("npm ci", [], where="a").sentence


NPM = """
npm error code EUSAGE
npm error
npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.
npm error
npm error Missing: is-odd@3.0.1 from lock file
npm error
npm error Clean install a project
npm error
npm error Usage:
npm error npm ci
npm error
npm error Options:
npm error [--install-strategy <hoisted|nested|shallow|linked>] [--legacy-bundling]
"""
PNPM = """
 ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with package.json

Note that in CI environments this setting is true by default.
"""
YARN = """
warning package.json: No license field
error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.
info Visit https://yarnpkg.com/en/docs/cli/install for documentation about this command.
"""
BERRY = """
➤ YN0000: ┌ Resolution step
➤ YN0085: │ + is-odd@npm:3.0.1, is-number@npm:6.0.0
➤ YN0000: └ Completed
➤ YN0000: ┌ Post-resolution validation
➤ YN0000: │ @@ -4,8 +4,22 @@
➤ YN0028: │ -"is-number@npm:^6.0.0":
➤ YN0028: │ +  version: 6.0.0
➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.
➤ YN0000: └ Completed
➤ YN0000: · Failed with errors in 0s 50ms
"""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (NPM, "are in sync. Missing: is-odd@3.0.1 from lock file."),
        (PNPM, 'Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with package.json.'),
        (YARN, "Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`."),
        (BERRY, "failed: The lockfile would have been modified by this install, which is explicitly forbidden."),
    ],
)
def test_a_lock_file_that_does_not_match_is_told_in_the_managers_words_and_known(said: str, told: str) -> None:
    """As npm 11, pnpm 10, yarn 1 and yarn 4 say it."""
    error = explain_install("npm ci", said.splitlines(), where="a")

    assert error.sentence.endswith(told)
    known = recognise(error.sentence)
    assert known is not None
    assert known.slug == "lockfile"


def test_what_yarn_cannot_find_is_told() -> None:
    lines = [
        "➤ YN0002: │ a warning",
        "➤ YN0035: │ nowhere@npm:1.0.0: Package not found",
        "➤ YN0000: · Failed with errors",
    ]

    assert explain_install("yarn install", lines, where="a").sentence == (
        "yarn install failed: nowhere@npm:1.0.0: Package not found."
    )
