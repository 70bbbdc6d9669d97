"""Dependencies are installed from a registry of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.registry import Registry, serving
from tests.work.installs import SPY, Place


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    with serving() as made:
        made.add("left", "module.exports = 1\n")
        made.add("spy", "", install=f'node -e "{SPY}"')
        yield made


@pytest.fixture
def place(tmp_path: Path, registry: Registry) -> Place:
    return Place(tmp_path, registry)
