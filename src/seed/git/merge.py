"""Merge two commits in a mirror, without files on the disk. The same two always make the same commit."""

from __future__ import annotations

from seed.errors import Conflict
from seed.git.command import GitFailed, git
from seed.git.errors import CommitNotFound
from seed.git.mirror import SHA, Mirror

WHO = ("-c", "user.name=Seed", "-c", "user.email=seed@localhost")
SHOWN = 5


class MergeConflict(Conflict):
    """Two commits change the same lines: a person has to merge them."""

    code = "merge-conflict"


def merged(mirror: Mirror, base: str, head: str) -> str:
    """The commit that has both; `head` itself where it stands on `base` already. Raises MergeConflict."""
    if not SHA.fullmatch(base) or not SHA.fullmatch(head):
        raise CommitNotFound("A merge takes two whole commit ids.")
    at = ("--git-dir", str(mirror.folder))
    if _is_ancestor(mirror, base, head):
        return head
    try:
        tree = git((*at, "merge-tree", "--write-tree", "--name-only", "--no-messages", base, head)).split()[0]
    except GitFailed as error:
        names = error.out.decode(errors="replace").splitlines()[1:]
        files = ", ".join(dict.fromkeys(name[:200] for name in names[:SHOWN] if name))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        raise MergeConflict(
            f"{head[:12]} and {base[:12]} cannot be merged" + (f": they conflict in {files}{more}." if files else "."),
            hint="Merge the base into the branch and push it.",
        ) from None
    day = int(mirror.commit(head).at.timestamp())
    dated = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"@{day} +0000")
    message = f"Merge {head[:12]} into {base[:12]}"
    return git((*WHO, *at, "commit-tree", tree, "-p", base, "-p", head, "-m", message), more=dated).strip()


def _is_ancestor(mirror: Mirror, base: str, head: str) -> bool:
    try:
        git(("--git-dir", str(mirror.folder), "merge-base", "--is-ancestor", base, head))
    except GitFailed:
        return False
    return True
