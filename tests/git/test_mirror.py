"""A mirror of a real repository: complete, current, and hard to break."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from tests.support.repository import Repository

from seed.git import BranchNotFound, CommitNotFound, Mirror, RepositoryNotReadable
from seed.git.command import git


def test_it_works(mirror: Mirror) -> None:
    head = mirror.head("main")

    assert mirror.default_branch() == "main"
    assert mirror.branches() == ["main"]
    assert mirror.commit(head).subject == "First"
    assert mirror.commit("main").author == "Alice"
    assert mirror.commit(head).at.tzinfo is not None


def test_syncing_again_brings_what_is_new_and_forgets_what_is_gone(repository: Repository, mirror: Mirror) -> None:
    git(("branch", "old"), cwd=repository.folder)
    mirror.sync()
    git(("branch", "-D", "old"), cwd=repository.folder)
    sha = repository.commit("Second", allow_empty=True)

    mirror.sync()

    assert mirror.head("main") == sha
    assert mirror.branches() == ["main"]


def test_a_forced_push_is_followed(repository: Repository, mirror: Mirror) -> None:
    git(
        ("-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--amend", "-m", "Other"),
        cwd=repository.folder,
    )

    mirror.sync()

    assert mirror.commit("main").subject == "Other"


def test_what_a_killed_clone_or_fetch_left_behind_does_not_matter(repository: Repository, mirror: Mirror) -> None:
    (mirror.folder.with_suffix(".half")).mkdir()
    (mirror.folder / "shallow.lock").write_text("")
    (mirror.folder / "refs/heads/main.lock").write_text("")
    sha = repository.commit("Second", allow_empty=True)

    mirror.sync()

    assert mirror.head("main") == sha


def test_a_checkout_is_the_commits_files_without_history(
    repository: Repository, mirror: Mirror, tmp_path: Path
) -> None:
    first = mirror.head("main")
    repository.write("api/new.js", "new\n")
    repository.commit("Second")
    mirror.sync()

    mirror.checkout(first, tmp_path / "tree")

    assert (tmp_path / "tree/api/hello.js").is_file()
    assert not (tmp_path / "tree/api/new.js").exists()
    assert not (tmp_path / "tree/.git").exists()


def test_a_checkout_is_the_same_whenever_and_by_whomever_it_is_made(
    repository: Repository, mirror: Mirror, tmp_path: Path
) -> None:
    repository.write("run.sh", "#!/bin/sh\n")
    (repository.folder / "run.sh").chmod(0o700)
    repository.write(".gitattributes", "api export-ignore\n")
    sha = repository.commit("A program")
    mirror.sync()
    committed = float(git(("show", "--no-patch", "--format=%ct", sha), cwd=repository.folder))

    before = os.umask(0o077)
    try:
        mirror.checkout(sha, tmp_path / "tree")
    finally:
        os.umask(before)

    told = {name: (tmp_path / "tree" / name).stat() for name in ("run.sh", "api/hello.js")}
    assert {name: stat.S_IMODE(one.st_mode) for name, one in told.items()} == {"run.sh": 0o755, "api/hello.js": 0o644}
    assert {one.st_mtime for one in told.values()} == {committed}


def test_a_link_inside_stays_and_one_that_leads_outside_is_left_out(
    repository: Repository, mirror: Mirror, tmp_path: Path
) -> None:
    (repository.folder / "hello.js").symlink_to("api/hello.js")
    (repository.folder / "passwords").symlink_to("/etc/passwd")
    (repository.folder / "up").symlink_to("../../../..")
    (repository.folder / "by").symlink_to("up/etc")
    repository.commit("Links")
    mirror.sync()

    mirror.checkout(mirror.head("main"), tmp_path / "tree")

    there = {name for name in ("hello.js", "passwords", "up", "by") if (tmp_path / "tree" / name).exists()}
    assert there == {"hello.js"}


def test_history_and_changed_files_between_two_commits(repository: Repository, mirror: Mirror) -> None:
    first = mirror.head("main")
    repository.write("api/a file.js", "x\n")
    second = repository.commit("Second")
    mirror.sync()

    assert [commit.sha for commit in mirror.log(first, second)] == [second]
    assert [commit.sha for commit in mirror.log(None, second)] == [second, first]
    assert mirror.changed_files(first, second) == ["api/a file.js"]


def test_what_is_not_there_is_told(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(BranchNotFound):
        mirror.head("nope")
    with pytest.raises(CommitNotFound):
        mirror.commit("0" * 40)
    with pytest.raises(CommitNotFound):
        mirror.commit("--all")
    with pytest.raises(CommitNotFound):
        mirror.checkout("main; id", tmp_path / "tree")
    with pytest.raises(RepositoryNotReadable):
        Mirror(tmp_path / "other.git", str(tmp_path / "nothing")).sync()


def test_what_ssh_said_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotReadable) as refused:
        Mirror(tmp_path / "m.git", "ssh://git@127.0.0.1:1/x.git").sync()

    assert "Connection refused" in refused.value.sentence


def test_a_file_that_moved_has_changed_at_both_of_its_places(repository: Repository, mirror: Mirror) -> None:
    before = mirror.head("main")
    (repository.folder / "moved").mkdir()
    (repository.folder / "api/hello.js").rename(repository.folder / "moved/hello.js")
    after = repository.commit("Moved")
    mirror.sync()

    assert mirror.changed_files(before, after) == ["api/hello.js", "moved/hello.js"]


def test_files_are_read_without_a_checkout(repository: Repository, mirror: Mirror) -> None:
    repository.write("a [b]*/ö.json", "{}")
    (repository.folder / "link").symlink_to("README.md")
    sha = repository.commit("Names")
    mirror.sync()

    assert {"a [b]*/ö.json", "api/hello.js", "link"} <= set(mirror.files(sha))
    assert mirror.read_files(sha, ["a [b]*/ö.json", "none", "link"]) == {"a [b]*/ö.json": "{}", "link": None}
    with pytest.raises(CommitNotFound):
        mirror.files("0" * 40)


HOSTILE = "Sub\x1eject \x1f of a stranger\n\nMore\x1e words"


def hostile(repository: Repository, dates: str = "99999999999999") -> str:
    """A commit as no git command writes it."""
    tree = git(("rev-parse", "HEAD^{tree}"), cwd=repository.folder).strip()
    who = f"A\x1f <a@b> {dates} -9999"
    (repository.folder.parent / "commit").write_text(f"tree {tree}\nauthor {who}\ncommitter {who}\n\n{HOSTILE}\n")
    written = ("hash-object", "-t", "commit", "-w", "--literally", "../commit")
    return git(written, cwd=repository.folder).strip()


@pytest.mark.parametrize("dates", ["99999999999999", "", "-5", "x"])
def test_a_commit_that_claims_strange_things_is_read_all_the_same(
    repository: Repository, mirror: Mirror, dates: str
) -> None:
    sha = hostile(repository, dates)
    git(("branch", "strange", sha), cwd=repository.folder)
    mirror.sync()

    found = mirror.commit("strange")

    assert (found.sha, found.message) == (sha, HOSTILE)
    assert len(mirror.log(None, sha)) == 1


def test_branches_are_named_as_they_are_in_other_alphabets(repository: Repository, mirror: Mirror) -> None:
    sha = mirror.head("main")
    for name in ("a\u2028b", "c\u3000d", "e\u0085f"):
        git(("branch", name), cwd=repository.folder)
    mirror.sync()

    assert mirror.heads() == dict.fromkeys(("a\u2028b", "c\u3000d", "e\u0085f", "main"), sha)
    assert mirror.branches() == ["a\u2028b", "c\u3000d", "e\u0085f", "main"]
