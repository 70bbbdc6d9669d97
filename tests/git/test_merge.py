"""Two commits are merged in the mirror: always to the same commit, and never over a conflict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.support.repository import Repository

from seed.git import CommitNotFound, Mirror
from seed.git.command import git
from seed.git.merge import MergeConflict, merged


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def branched(repository: Repository, name: str, path: str, text: str) -> str:
    """A commit on a branch of its own, from the first commit."""
    git(("checkout", "--quiet", "-B", name, "main"), cwd=repository.folder)
    repository.write(path, text)
    made = repository.commit(f"On {name}")
    git(("checkout", "--quiet", "main"), cwd=repository.folder)
    return made


def mirror_of(repository: Repository, name: str = "mirror.git") -> Mirror:
    mirror = Mirror(repository.folder.parent / name, str(repository.folder))
    mirror.sync()
    return mirror


def test_what_stands_on_its_base_is_its_own_merge(repository: Repository) -> None:
    head = branched(repository, "changes", "new.txt", "new\n")
    mirror = mirror_of(repository)

    assert merged(mirror, mirror.head("main"), head) == head


def test_a_merge_has_both_sides_and_is_the_same_everywhere(repository: Repository) -> None:
    head = branched(repository, "changes", "new.txt", "new\n")
    repository.write("other.txt", "other\n")
    base = repository.commit("On main")
    one, two = mirror_of(repository), mirror_of(repository, "another.git")

    sha = merged(one, base, head)

    assert {"new.txt", "other.txt"} <= set(one.files(sha))
    assert sha not in {base, head}
    assert merged(two, base, head) == merged(one, base, head) == sha
    one.sync()
    assert one.contains(sha), "a fetch does not take it away"


def test_a_conflict_names_its_files(repository: Repository) -> None:
    head = branched(repository, "changes", "README.md", "mine\n")
    repository.write("README.md", "yours\n")
    base = repository.commit("On main")

    with pytest.raises(MergeConflict) as refused:
        merged(mirror_of(repository), base, head)

    assert "they conflict in README.md." in refused.value.sentence
    assert refused.value.hint


@pytest.mark.parametrize("sha", ["", "main", "-h", "a" * 39, "a" * 40 + "; ls"])
def test_only_whole_commit_ids_are_merged(repository: Repository, sha: str) -> None:
    mirror = mirror_of(repository)

    with pytest.raises(CommitNotFound):
        merged(mirror, mirror.head("main"), sha)


def test_a_commit_with_a_date_that_git_does_not_take_is_merged(repository: Repository) -> None:
    head = branched(repository, "changes", "new.txt", "new\n")
    raw = git(("cat-file", "commit", head), cwd=repository.folder)
    far = re.sub(r"(?m)^(author|committer) (.*>) .*$", r"\1 \2 99999999999999 -9999", raw)
    (repository.folder.parent / "commit").write_text(far)
    head = git(("hash-object", "-t", "commit", "-w", "--literally", "../commit"), cwd=repository.folder).strip()
    git(("branch", "--force", "changes", head), cwd=repository.folder)
    repository.commit("Meanwhile", allow_empty=True)
    mirror = mirror_of(repository)

    assert mirror.contains(merged(mirror, mirror.head("main"), head))
