"""A repository with one commit, and its mirror."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.repository import Repository

from seed.git import Mirror


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def mirror(tmp_path: Path, repository: Repository) -> Mirror:
    made = Mirror(tmp_path / "mirror.git", str(repository.folder))
    made.sync()
    return made
