"""A mirror of one repository: cloned once, fetched afterwards, read from without the network.

Cloning happens beside the place and is renamed into it, so that a killed clone leaves nothing that looks
whole. A damaged mirror is set aside once there is a new one. One process at a time syncs, by a lock file.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from seed.git.command import GitFailed, git, git_bytes
from seed.git.commit import FIELDS, LATEST, Commit, commits
from seed.git.damage import damage
from seed.git.errors import BranchNotFound, CommitNotFound, InvalidBranchName, RepositoryNotReadable
from seed.git.login import environment_of
from seed.git.settle import settle
from seed.git.url import check_branch, masked, normalise_url, parted

FETCH = ("--prune", "--force", "--quiet")
SHA = re.compile(r"[0-9a-f]{40}")
T = TypeVar("T")


class Mirror:
    """`folder` is the bare clone. Reading needs a `sync` before, at any time. A login never comes to the disk."""

    def __init__(self, folder: Path, url: str, login: str = "") -> None:
        self.folder = folder
        self.url, own = parted(normalise_url(url))
        self._login = login or own
        self.hear: list[Callable[[str], None]] = []
        """Who is told that it was cloned anew, and why."""
        self._aside = folder.with_suffix(".damaged")
        self._half = folder.with_suffix(".half")

    def sync(self) -> None:
        """Clone, or fetch what is new and forget what is gone."""
        with self._locked():
            shutil.rmtree(self._half, ignore_errors=True)  # of a killed clone
            if not self.folder.exists():
                self._clone()
                return
            for lock in self.folder.glob("**/*.lock"):
                lock.unlink(missing_ok=True)  # left by a killed fetch: nobody else is here
            try:
                self._far("--git-dir", str(self.folder), "fetch", *FETCH, self.url, "+refs/*:refs/*")
            except GitFailed as error:
                why = damage(self.folder, error.said)
                if not why:
                    raise self._not_readable(error) from None
                self._mend(why)

    def renew(self, why: str) -> None:
        """Clone it anew, as whole as it may be."""
        with self._locked():
            self._say(f"The repository is cloned anew: {why}.")
            self._clone()
            shutil.rmtree(self._aside, ignore_errors=True)

    def forget_login(self) -> None:
        """What a clone of an address with a login has written down. Where it cannot be taken out, the mirror goes."""
        with self._locked():
            shutil.rmtree(self._half, ignore_errors=True)
            try:
                self._git("config", "remote.origin.url", self.url)
            except GitFailed:
                shutil.rmtree(self.folder, ignore_errors=True)

    def default_branch(self) -> str:
        try:
            listing = self._far("ls-remote", "--symref", "--", self.url, "HEAD")
        except GitFailed as error:
            raise self._not_readable(error) from None
        found = re.search(r"^ref: refs/heads/(\S+)\s+HEAD", listing, re.MULTILINE)
        if found:
            return found[1]
        branches = self.branches()
        if not branches:
            raise BranchNotFound(f"{masked(self.url)} has no commit yet.", hint="Commit something first.")
        return next((name for name in ("main", "master") if name in branches), branches[0])

    def branches(self) -> list[str]:
        return list(self.heads())

    def heads(self) -> dict[str, str]:
        """The commit of each branch. Names may hold what other alphabets call a space or the end of a line."""
        told = self._git("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads")
        pairs = (line.rpartition(" ") for line in told.split("\n") if line)
        return {name: commit for name, _, commit in pairs}

    def head(self, branch: str) -> str:
        check_branch(branch)
        try:
            return self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}").strip()
        except GitFailed:
            raise BranchNotFound(
                f"{masked(self.url)} has no branch {branch!r}.",
                hint="It has: " + (", ".join(self.branches()[:10]) or "none") + ".",
            ) from None

    def commit(self, ref: str) -> Commit:
        """By sha (also short), branch or tag."""
        if ref.startswith("-") or not ref or "\x00" in ref:
            raise CommitNotFound(f"{ref!r} is no commit.")
        try:
            sha = self._git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").strip()
            return self._commits("-1", sha)[0]
        except GitFailed:
            raise CommitNotFound(
                f"{masked(self.url)} has no commit {ref[:80]!r}.", hint="Has it been pushed?"
            ) from None

    def contains(self, sha: str) -> bool:
        try:
            self._git("cat-file", "-e", f"{sha}^{{commit}}")
        except GitFailed:
            return False
        return True

    def holds(self, branch: str, sha: str) -> bool:
        """Whether the commit is in the history of the branch, as it is now."""
        if not SHA.fullmatch(sha):
            return False
        try:
            self._git("merge-base", "--is-ancestor", sha, f"refs/heads/{check_branch(branch)}")
        except (GitFailed, InvalidBranchName):
            return False
        return True

    def log(self, since: str | None, until: str, limit: int = 100) -> list[Commit]:
        """Newest first: what is in `until` and not in `since`; both are full shas."""
        wanted = f"{since}..{until}" if since and self.contains(since) else until
        try:
            return self._commits(f"-{limit}", wanted)
        except GitFailed:
            return []

    def changed_files(self, before: str, after: str) -> list[str]:
        """A file that moved is named at both of its places."""
        wanted = ("diff", "--name-only", "--no-renames", "-z", before, after, "--")
        try:
            names = self._read(after, *wanted)
        except GitFailed as error:
            raise CommitNotFound("These commits cannot be compared.", hint=error.said[:200]) from None
        return [name.decode(errors="replace") for name in names.split(b"\x00") if name]

    def files(self, sha: str) -> list[str]:
        """The paths of a commit's files, without a checkout."""
        if not SHA.fullmatch(sha):
            raise CommitNotFound(f"{sha[:80]!r} is no commit.")
        try:
            names = self._read(sha, "ls-tree", "-r", "-z", "--name-only", sha)
        except GitFailed as error:
            raise CommitNotFound(f"Commit {sha[:12]} cannot be read.", hint=error.said[:200]) from None
        return [name.decode(errors="replace") for name in names.split(b"\x00") if name]

    def read_files(self, sha: str, paths: Sequence[str]) -> dict[str, str | None]:
        """The texts of files at a commit, in one go: None of what is no plain one; what is not there is left out."""
        there = set(paths) & set(self.files(sha))
        if not there:
            return {}
        literal = [f":(literal){path}" for path in sorted(there)]
        try:
            archive = self._read(sha, "archive", "--format=tar", sha, "--", *literal)
        except GitFailed as error:
            raise CommitNotFound(f"Commit {sha[:12]} cannot be read.", hint=error.said[:200]) from None
        found: dict[str, str | None] = dict.fromkeys(there)
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is not None:
                    found[member.name] = content.read().decode(errors="replace")
        return found

    def checkout(self, sha: str, to: Path) -> None:
        """The commit's files as of its own date, without history. Links that lead outside of `to` are left out."""
        if not SHA.fullmatch(sha):
            raise CommitNotFound(f"{sha[:80]!r} is no commit.")
        try:
            at = self._whole(sha, lambda: self._lay_down(sha, to))
        except GitFailed as error:
            raise CommitNotFound(f"Commit {sha[:12]} cannot be read.", hint=error.said[:200]) from None
        settle(to, min(at, LATEST))

    def _lay_down(self, sha: str, to: Path) -> float:
        """Git's own checkout, with an index of its own; when the commit was made."""
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir(parents=True)
        with tempfile.TemporaryDirectory(prefix="index-") as folder:
            own = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            at = float(self._git("show", "--no-patch", "--format=%ct", f"{sha}^{{commit}}"))
            self._git("--work-tree", str(to), "read-tree", "--reset", "-u", sha, more=own)
        return at

    def _commits(self, *arguments: str) -> list[Commit]:
        return commits(self._git("log", "-z", f"--format={'%x00'.join(FIELDS)}", *arguments, "--"))

    def _git(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        return git(("--git-dir", str(self.folder), *arguments), more=more)

    def _far(self, *arguments: str) -> str:
        """What speaks with the repository's host."""
        return git(arguments, more=environment_of(self.url, self._login))

    def _read(self, sha: str, *arguments: str) -> bytes:
        return self._whole(sha, lambda: git_bytes(("--git-dir", str(self.folder), *arguments)))

    def _whole(self, sha: str, read: Callable[[], T]) -> T:
        """What a commit has. Where it is there and cannot be read, the mirror is damaged."""
        try:
            return read()
        except GitFailed:
            if not self.contains(sha):
                raise
        with self._locked():
            try:
                return read()  # somebody else has cloned it anew meanwhile
            except GitFailed as error:
                why = damage(self.folder, error.said)
                if not why:
                    raise
                self._mend(why)
            return read()

    def _mend(self, why: str) -> None:
        self._say(f"The mirror of {self.url} is damaged ({why}): it is cloned anew, and the old one is set aside.")
        self._clone()

    def _clone(self) -> None:
        """What is there stays until the new one is whole, and then for whoever wants to look at it."""
        half = self._half
        shutil.rmtree(half, ignore_errors=True)
        half.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._far("clone", "--mirror", "--quiet", "--", self.url, str(half))
        except GitFailed as error:
            shutil.rmtree(half, ignore_errors=True)
            raise self._not_readable(error) from None
        if self.folder.exists():
            _take_along(self.folder, half)
            shutil.rmtree(self._aside, ignore_errors=True)
            self.folder.rename(self._aside)
        half.rename(self.folder)

    def _say(self, sentence: str) -> None:
        for hear in self.hear:
            hear(sentence)

    def _not_readable(self, error: GitFailed) -> RepositoryNotReadable:
        said = [line for line in error.said.splitlines() if line.strip()] or ["no reason given"]
        fatal = next((at for at, line in enumerate(said) if line.startswith("fatal:")), len(said) - 1)
        if fatal and "Could not read from remote" in said[fatal]:  # the reason is what ssh said before
            fatal -= 1
        why = said[fatal]
        return RepositoryNotReadable(
            f"The repository {masked(self.url)} cannot be read: {why.removeprefix('fatal: ')}",
            hint="Check the address, and that this machine may read it (ssh key, token).",
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _take_along(old: Path, new: Path) -> None:
    """Merges that were made here are in no clone. They lie unpacked, under names made of what they are."""
    for file in old.glob("objects/[0-9a-f][0-9a-f]/*"):
        to = new / file.relative_to(old)
        if not to.exists():  # a local clone shares its files with the repository itself
            with suppress(OSError):
                to.parent.mkdir(exist_ok=True)
                shutil.copy2(file, to)
