"""The tables of rooms are complete: whoever adds one says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def named(table: str) -> set[str]:
    """The folders in the first column of the table that begins so."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = page[page.index(table) :].split("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`(\w+)/`", row.split("|")[1])}


@pytest.mark.parametrize(("table", "folder"), [("| room |", "src/seed"), ("| room of `work/` |", "src/seed/work")])
def test_each_package_has_its_line_in_the_architecture_and_each_line_a_package(table: str, folder: str) -> None:
    assert named(table) == {file.parent.name for file in (ROOT / folder).glob("*/__init__.py")}
