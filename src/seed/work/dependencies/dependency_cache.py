"""Installed dependencies, kept between builds: a hit is unpacked, and nothing is installed.

What lies in the cache is made of its key alone. An installation that may be kept runs in a clean folder that holds
only the files and variables the key is made of: lock files, manifests, the package managers' own settings. No code
of the repository is there, so a build of whatever branch can store nothing but what every other build with that
key would have stored. What cannot run so (own lifecycle scripts, local packages, no lock) is installed as ever.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from seed.frameworks.serverless import InstallStep
from seed.work.alone import Alone
from seed.work.dependencies.dependency_key import Recipe
from seed.work.dependencies.install_failed import install_failed, is_closed
from seed.work.dependencies.runtimes import Picked
from seed.work.runner import Command, Runs, is_note

MB = 1024 * 1024
SECONDS = 300.0
VERSIONS = "for p in node npm yarn pnpm python3; do echo $p; $p --version 2>&1; done; python3 -m pip --version 2>&1"
Say = Callable[[str], None]
DAMAGED = "What was kept has been damaged on the disk: it is dropped and made anew."


@dataclass
class Counts:
    """Since the server started."""

    hits: int = 0
    misses: int = 0
    dropped: int = 0
    """Entries whose bytes were not those that were stored."""
    evicted: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """How much is there: `size` and `most` in bytes."""

    entries: int
    size: int
    most: int


class DependencyCache:
    """A folder of archives, each under its key with the hash of its bytes. Used longest ago, evicted first."""

    def __init__(self, folder: Path, most_mb: int) -> None:
        self._folder, self._most = folder, most_mb * MB
        self.counts = Counts()
        self._versions: dict[object, str] = {}
        self._lock = threading.Lock()
        self.alone = Alone()
        """Services with the same dependencies wait for the one that installs them."""

    def versions(self, runner: Runs, folder: Path) -> str:
        """Of the programs that install, as the commands of this runner see them; asked for once."""
        roots = runner.chosen.roots if isinstance(runner, Picked) else ()
        with self._lock:
            if roots not in self._versions:
                folder.mkdir(parents=True, exist_ok=True)
                found: list[str] = []
                runner.run(Command(("sh", "-c", VERSIONS), folder, readable=(folder,), timeout=60), found.append)
                self._versions[roots] = "\n".join(found)
            return self._versions[roots]

    def get(self, key: str, say: Say = lambda _text: None) -> Path | None:
        """The archive, its bytes checked; a damaged one is dropped, and told."""
        archive = self._archive(key)
        try:
            wanted = archive.with_suffix(".sha256").read_bytes()
            if _sha256(archive).encode() == wanted:
                os.utime(archive)
                self._count("hits")
                return archive
            self._drop(key)
            self._count("dropped")
            say(DAMAGED)
        except OSError:
            pass
        self._count("misses")
        return None

    def put(self, key: str, archive: Path) -> None:
        """Takes the file. Not kept where it alone is larger than the cache, or the disk is full."""
        if archive.stat().st_size > self._most:
            return
        with contextlib.suppress(OSError):
            place = self._archive(key)
            place.parent.mkdir(parents=True, exist_ok=True)
            half = Path(tempfile.mkdtemp(prefix=".half-", dir=place.parent))
            try:
                shutil.copyfile(archive, half / "tar")
                (half / "sha256").write_text(_sha256(half / "tar"))
                (half / "sha256").replace(place.with_suffix(".sha256"))
                (half / "tar").replace(place)
            finally:
                shutil.rmtree(half, ignore_errors=True)
        self._evict()

    def held(self) -> Held:
        sizes = [size for _, size, _ in self._entries()]
        return Held(len(sizes), sum(sizes), self._most)

    def clear(self) -> Held:
        """What went. A build that was about to take something installs it, as if it had never been there."""
        with self._lock:
            entries = self._entries()
            for _, _, key in entries:
                self._drop(key)
        return Held(len(entries), sum(size for _, size, _ in entries), self._most)

    def _evict(self) -> None:
        with self._lock:
            entries = sorted(self._entries())
            total = sum(size for _, size, _ in entries)
            for _, size, key in entries:
                if total <= self._most:
                    return
                self._drop(key)
                self.counts.evicted += 1
                total -= size

    def _entries(self) -> list[tuple[float, int, str]]:
        found = []
        for archive in self._folder.glob("*/*.tar"):
            with contextlib.suppress(OSError):
                stat = archive.stat()
                found.append((stat.st_mtime, stat.st_size, archive.stem))
        return found

    def _drop(self, key: str) -> None:
        for suffix in (".tar", ".sha256"):
            self._archive(key).with_suffix(suffix).unlink(missing_ok=True)

    def _archive(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.tar"

    def _count(self, name: str) -> None:
        with self._lock:
            setattr(self.counts, name, getattr(self.counts, name) + 1)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Installs by way of the cache. `scratch` is a folder of ours; nothing in it outlives a call."""

    cache: DependencyCache
    runner: Runs
    scratch: Path

    def install(
        self, recipe: Recipe, step: InstallStep, tree: Path, say: Say, cancelled: Callable[[], bool],
        timeout: float, *, force: bool,
    ) -> bool:  # fmt: skip
        """Whether it is installed now; False leaves it to be installed as ever."""
        with self.cache.alone(recipe.key):
            archive = None if force else self.cache.get(recipe.key, say)
            if archive is not None and self._unpack(archive, tree, step.folder, cancelled):
                say(f"{step.name} in {step.folder or 'the root'}: dependencies from the cache ({recipe.key[:12]})")
                return True
            self.scratch.mkdir(parents=True, exist_ok=True)
            room = Path(tempfile.mkdtemp(prefix="install-", dir=self.scratch))
            try:
                made = self._make(recipe, step, room, say, cancelled, timeout)
                if made is None or not self._unpack(made, tree, step.folder, cancelled):
                    return False
                self.cache.put(recipe.key, made)
            finally:
                shutil.rmtree(room, ignore_errors=True)
            return True

    def _make(
        self, recipe: Recipe, step: InstallStep, room: Path, say: Say, cancelled: Callable[[], bool],
        timeout: float,
    ) -> Path | None:  # fmt: skip
        clean, out = room / "clean", room / "out"
        clean.mkdir()
        out.mkdir()
        for name, content in recipe.files.items():
            place = clean / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        say(f"$ {' '.join(step.argv)}  (in {step.folder or 'the root'}, to be kept)")
        command = replace(replace(step, folder="").command(clean, recipe.env, timeout), writable=(clean,))
        if not self._run(step, command, say, cancelled):
            return None
        for name in recipe.files:
            (clean / name).unlink(missing_ok=True)
        pack = ("tar", "-cf", str(out / "tar"), "-C", str(clean), ".")
        packed = Command(pack, out, writable=(out,), readable=(clean,), timeout=SECONDS)
        return out / "tar" if self.runner.run(packed, lambda _line: None, cancelled).ok else None

    def _run(self, step: InstallStep, command: Command, say: Say, cancelled: Callable[[], bool]) -> bool:
        """Raises where the installation would fail as it stands in the repository as well."""
        lines: list[str] = []

        def hear(line: str) -> None:
            lines.append(line)
            if is_note(line):  # a package manager tries a place that is closed again for a minute, and says nothing
                say(line)

        ended = self.runner.run(command, hear, cancelled)
        told = [line for line in lines if not is_note(line)]
        closed = ended.ending == "exited" and not ended.ok and is_closed(lines)
        if not ended.ok and not closed:
            say("It cannot be installed apart from the repository's other files, so it is not kept:")
            told = told[-1:] or ["it ended without a word"]
        for line in told:
            say(line)
        if closed:
            raise install_failed(step, lines)
        return ended.ok

    def _unpack(self, archive: Path, tree: Path, folder: str, cancelled: Callable[[], bool]) -> bool:
        to = tree / folder
        command = Command(
            ("tar", "-xf", str(archive), "-C", str(to), "--no-same-owner"), to, writable=(to,), readable=(archive,),
            timeout=SECONDS, build=tree,
        )  # fmt: skip
        return self.runner.run(command, lambda _line: None, cancelled).ok


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
