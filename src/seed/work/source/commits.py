"""Commits as Seed keeps and shows them: a message is a person's own words, and may hold what no page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from seed import git
from seed.builds.deploy import Commit
from seed.work.secrets import masker
from seed.work.world import World


def kept(world: World, found: git.Commit) -> Commit:
    """For the row of a build."""
    return Commit(found.sha, masker(world)(found.subject), found.author, found.at)


def shown(world: World, found: Iterable[git.Commit]) -> list[git.Commit]:
    masked = masker(world)
    return [replace(one, subject=masked(one.subject)) for one in found]
