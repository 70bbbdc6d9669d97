"""A mirror of a real repository: complete, current, and hard to break."""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.guarded import guarded
from tests.support.leaks import written
from tests.support.repository import Repository

from seed.git import (
    BranchNotFound,
    CommitNotFound,
    InvalidRepositoryUrl,
    Mirror,
    RepositoryNotReadable,
    compare_link,
    normalise_url,
    parted,
    repository_path,
)
from seed.git.command import git
from seed.git.login import environment_of
from seed.git.merge import merged


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def mirror(tmp_path: Path, repository: Repository) -> Mirror:
    made = Mirror(tmp_path / "mirror.git", str(repository.folder))
    made.sync()
    return made


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


def overwritten(pattern: str, content: bytes, at: int = 0) -> Callable[[Path], None]:
    """Written as a bad disk does: in place. The file is the mirror's own, not one it shares."""

    def change(folder: Path) -> None:
        for file in folder.glob(pattern):
            was = file.read_bytes()
            file.unlink()
            file.write_bytes(was[:at] + content + was[at + len(content) :] if at else content)

    return change


def gone(pattern: str) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        for file in list(folder.glob(pattern)):
            shutil.rmtree(file) if file.is_dir() else file.unlink()

    return remove


DAMAGES = {
    "a pack that is gone": gone("objects/pack/*.pack"),
    "every object gone": gone("objects/pack/*"),
    "a pack cut short": overwritten("objects/pack/*.pack", b"PACK"),
    "an index cut short": overwritten("objects/pack/*.idx", b"x"),
    "a pack whose first object is wrong": overwritten("objects/pack/*.pack", b"X" * 30, 12),
    "a pack whose last object is wrong": overwritten("objects/pack/*.pack", b"X" * 40, 15_000),
    "a config that is none": overwritten("config", b"[core\nbroken"),
    "no config": gone("config"),
    "no HEAD": gone("HEAD"),
    "an empty HEAD": overwritten("HEAD", b""),
    "refs that are none": overwritten("packed-refs", b"zzz"),
    "no folder of refs": gone("refs"),
    "no folder of objects": gone("objects"),
}


FETCHED_AGAIN = {"a pack that is gone", "every object gone", "a pack cut short", "an index cut short"}
"""Git fetches by itself what it knows to be missing."""


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_mirror_heals(repository: Repository, tmp_path: Path, what: str) -> None:
    repository.write("large", random.Random(1).randbytes(20_000).hex())
    sha = repository.commit("Second")
    git(("repack", "-adq"), cwd=repository.folder)
    mirror = Mirror(tmp_path / "mirror.git", str(repository.folder))
    mirror.sync()
    told: list[str] = []
    mirror.hear.append(told.append)
    DAMAGES[what](mirror.folder)

    mirror.sync()
    mirror.checkout(sha, tmp_path / "tree")

    assert len((tmp_path / "tree/large").read_text()) == 40_000
    aside = mirror.folder.with_suffix(".damaged")
    assert aside.exists() == bool(told)
    assert bool(told) == (what not in FETCHED_AGAIN)
    assert all("is damaged (" in one and "cloned anew" in one for one in told)


def test_a_damaged_mirror_stays_while_its_repository_cannot_be_reached(
    repository: Repository, mirror: Mirror, tmp_path: Path
) -> None:
    (mirror.folder / "config").write_text("[core\nbroken")
    repository.folder.rename(tmp_path / "away")

    with pytest.raises(RepositoryNotReadable):
        mirror.sync()

    assert (mirror.folder / "packed-refs").exists()
    assert not mirror.folder.with_suffix(".half").exists()


def test_a_repository_that_is_away_is_no_damage(repository: Repository, mirror: Mirror, tmp_path: Path) -> None:
    told: list[str] = []
    mirror.hear.append(told.append)
    repository.folder.rename(tmp_path / "away")

    with pytest.raises(RepositoryNotReadable):
        mirror.sync()

    assert told == []


def test_a_renewed_mirror_has_what_it_merged_itself(repository: Repository, mirror: Mirror) -> None:
    git(("checkout", "-q", "-b", "side"), cwd=repository.folder)
    repository.write("side", "x")
    side = repository.commit("Aside")
    git(("checkout", "-q", "main"), cwd=repository.folder)
    repository.write("main", "x")
    base = repository.commit("Main")
    mirror.sync()
    merge = merged(mirror, base, side)
    before = mirror.folder.stat().st_ino

    mirror.renew("asked for by force")

    assert mirror.folder.stat().st_ino != before
    assert {"side", "main"} <= set(mirror.files(merge))
    git(("fsck",), cwd=repository.folder)
    assert not mirror.folder.with_suffix(".damaged").exists()


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


def test_a_password_in_an_address_is_never_told(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m.git", "http://user:the-password@127.0.0.1:9/x.git")

    with pytest.raises(RepositoryNotReadable) as refused:
        mirror.sync()

    assert "the-password" not in str(refused.value)


TOKEN = "glpat/of+git=hush"


def test_a_login_reaches_its_host_and_no_file_and_no_command_line(repository: Repository, tmp_path: Path) -> None:
    with guarded(repository, "robin", TOKEN) as served:
        mirror = Mirror(tmp_path / "guarded.git", served.address)
        mirror.sync()
        sha = repository.commit("Second", allow_empty=True)
        Mirror(mirror.folder, served.clean, served.address.split("/")[2].rpartition("@")[0]).sync()
        with pytest.raises(RepositoryNotReadable):
            Mirror(mirror.folder, served.clean).sync()

    kept = b"".join(file.read_bytes() for file in mirror.folder.rglob("*") if file.is_file())
    ran = b" ".join(served.commands)
    assert mirror.head("main") == sha
    assert served.clean.encode() in kept
    assert b"remote-http" in ran
    assert not [one for one in written(TOKEN) if one in kept or one in ran]


def test_a_login_is_for_its_own_host_alone() -> None:
    helper = environment_of("https://example.com:8443/a/b", "robin:x")

    assert helper["GIT_CONFIG_KEY_0"] == "credential.https://example.com:8443.helper"
    assert environment_of("https://example.com/a/b", "") == {}


@pytest.mark.parametrize(
    ("url", "address", "login"),
    [
        ("https://robin:t%40k@example.com/a/b.git", "https://example.com/a/b.git", "robin:t%40k"),
        ("http://token@example.com", "http://example.com", "token"),
        ("https://example.com/a@b/c", "https://example.com/a@b/c", ""),
        ("ssh://git:word@example.com/a", "ssh://git@example.com/a", ""),
        ("git@example.com:a/b", "git@example.com:a/b", ""),
        ("/srv/a@b", "/srv/a@b", ""),
    ],
)
def test_an_address_and_its_login_part(url: str, address: str, login: str) -> None:
    assert parted(normalise_url(url)) == (address, login)
    assert repository_path(url) == repository_path(address)


def test_a_login_of_more_than_one_line_is_refused() -> None:
    with pytest.raises(InvalidRepositoryUrl):
        normalise_url("https://robin:a%0ahost=elsewhere@example.com/a")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b/compare/x...y"),
        ("git@gitlab.com:a/b.git", "https://gitlab.com/a/b/-/compare/x...y"),
        ("ssh://git@bitbucket.org/a/b", "https://bitbucket.org/a/b/branches/compare/y..x"),
        ("/srv/repository", None),
        ("https://git.example.com/a/b", None),
    ],
)
def test_the_page_that_compares_two_commits(url: str, link: str | None) -> None:
    assert compare_link(normalise_url(url), "x", "y") == link


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
    assert mirror.read_files(sha, ["a [b]*/ö.json", "none", "link"]) == {"a [b]*/ö.json": "{}"}
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
