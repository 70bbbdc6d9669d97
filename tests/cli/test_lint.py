"""`seed lint`: a build spec is checked where it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seed.cli.lint import lint


def test_a_good_file_and_none_are_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(tmp_path) == 0
    (tmp_path / "seed.yml").write_text("before_build: [make]\n")
    assert lint(tmp_path / "seed.yml") == 0
    assert "good" in capsys.readouterr().out


def test_each_problem_is_a_line_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seed.yml").write_text("before_biuld: [x]\n")

    assert lint(tmp_path) == 1
    assert (
        "seed.yml:1: before_biuld is not a key of a build spec. Did you mean before_build?" in capsys.readouterr().out
    )
    named = tmp_path / "other.yml"
    named.write_text("before_biuld: [x]\n")
    assert lint(named) == 1
    assert capsys.readouterr().out.startswith(f"{named}:1: "), "an editor jumps there"
    assert lint(tmp_path, json=True) == 1
    assert json.loads(capsys.readouterr().out)[0]["line"] == 1


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(tmp_path / "none.yml") == 1
    assert "No such file" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(schema=True) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Seed build spec"
