"""The table of rooms is complete: whoever adds one says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_package_has_its_line_in_the_architecture_and_each_line_a_package() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    first_cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)/`", cell)}

    assert named == {file.parent.name for file in (ROOT / "src" / "seed").glob("*/__init__.py")}
