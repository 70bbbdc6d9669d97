"""Which unit tests a service has, and how they are run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from seed.work.commands.unit_tests import NONE_FOUND, PYTHON, commands

PASSING = (
    "import unittest\nimport code_of\nclass T(unittest.TestCase):\n    def test(self):\n        assert code_of.x == 1\n"
)


def node(folder: Path, test: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"scripts": {"test": test}}))


@pytest.mark.parametrize(
    ("script", "lock", "argv"),
    [
        ("jest", "", ("npm", "test")),
        ("jest", "package-lock.json", ("npm", "test")),
        ("jest", "yarn.lock", ("yarn", "test")),
        ("jest", "pnpm-lock.yaml", ("pnpm", "test")),
        ('echo "Error: no test specified" && exit 1', "", None),
        ("  ", "", None),
        (["jest"], "", None),
    ],
)
def test_the_script_of_the_services_own_package(
    tmp_path: Path, script: object, lock: str, argv: tuple[str, ...] | None
) -> None:
    node(tmp_path / "api", script)
    node(tmp_path, "never mine")
    if lock:
        (tmp_path / lock).touch()

    assert [found for _, found in commands(tmp_path, "api")] == ([argv] if argv else [])


def test_a_service_without_tests_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "api" / "tests").mkdir(parents=True)
    (tmp_path / "api" / "tests" / "helper.py").touch()

    assert list(commands(tmp_path, "api")) == []


@pytest.mark.parametrize("package", [True, False])
@pytest.mark.parametrize(("interpreter", "flags"), [(sys.executable, ()), (sys.executable, ("-S",))])
@pytest.mark.parametrize("good", [True, False])
def test_python_tests_by_pytest_or_by_unittest(
    tmp_path: Path, interpreter: str, flags: tuple[str, ...], *, package: bool, good: bool
) -> None:
    """Without site packages there is no pytest."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(PASSING)
    (tmp_path / "code_of.py").write_text(f"x = {1 if good else 2}\n")
    if package:
        (tests / "__init__.py").touch()
    [(_, argv)] = commands(tmp_path, "")
    assert argv == ("python3", "-c", PYTHON)

    ran = subprocess.run([interpreter, *flags, *argv[1:]], cwd=tmp_path, capture_output=True, check=False, text=True)

    assert (ran.returncode == 0) is good, ran.stdout + ran.stderr


def test_no_test_in_the_folder_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_none.py").touch()

    ran = subprocess.run([sys.executable, "-c", PYTHON], cwd=tmp_path, capture_output=True, check=False)

    assert ran.returncode == NONE_FOUND
