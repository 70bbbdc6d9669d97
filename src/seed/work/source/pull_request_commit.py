"""The commit that a pull request's stage is built from: its head, merged with the branch that it goes to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seed.apps.records import App
from seed.builds.deploy import Commit
from seed.connections.records import KnownPullRequest
from seed.git.merge import merged
from seed.work.errors import CommitNotThereYet
from seed.work.source.commits import kept
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class Merge:
    commit: Commit
    head_commit: str
    message: str
    """Of the head's commit."""


def merge_of(world: World, app: App, request: KnownPullRequest) -> Merge:
    mirror = world.mirror(app)
    mirror.sync()
    if not mirror.contains(request.head_commit):
        raise CommitNotThereYet(
            f"Pull request {request.number} is at {request.head_commit[:12]}, which is not in the repository.",
            hint="A fork's commits are seen only where the forge shows them in the repository itself.",
        )
    head = mirror.commit(request.head_commit)
    sha = merged(mirror, mirror.head(request.base_branch), head.sha)
    return Merge(replace(kept(world, head), sha=sha), head.sha, head.message)
