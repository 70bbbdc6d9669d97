"""The folders that a build spec's `cache` names, kept from one build of a stage to the next.

What lies in them is whatever a build put there, so nobody else is given it: the key is the app, the stage and the
path. It is packed and unpacked behind the build's fence and never followed through a link; what the commit itself
has at the place wins. Keeping is a favour: whatever goes wrong with it is said in the log, and fails no build.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seed.errors import SeedError
from seed.work.dependencies.dependency_cache import DependencyCache
from seed.work.runner import Command, Runs
from seed.work.runner.disk import MB, used
from seed.work.source.checkout import Job

FORMAT = "1"
SECONDS = 300.0
UNPACK = (
    "case $(tar --version 2>/dev/null) in *GNU*) old=--skip-old-files;; *) old=-k;; esac;"
    ' exec tar -xf "$1" -C "$2" --no-same-owner "$old"'
)
"""What is there already stays, and is no failure: GNU's tar has a word of its own for that, others have -k."""
SHARE = 4
"""One folder takes at most this part of the whole."""


@dataclass(frozen=True, slots=True)
class KeptFolders:
    """Of one stage. `scratch` is a folder of ours; nothing in it outlives a call."""

    cache: DependencyCache
    runner: Runs
    scratch: Path
    most_mb: int
    app_id: int
    stage_id: int

    def restore(self, paths: Sequence[str], tree: Path, job: Job) -> None:
        """Before the first hook."""
        for path in paths if self.most_mb else ():
            try:
                job.say(f"cache: {path} {self._restore(path, tree, job)}")
            except (OSError, SeedError) as error:
                job.say(f"cache: {path} could not be brought back, so it begins empty: {error}")

    def keep(self, paths: Sequence[str], tree: Path, job: Job) -> None:
        """After everything has succeeded."""
        for path in paths:
            if job.cancelled():
                return
            try:
                job.say(f"cache: {path} {self._keep(path, tree, job)}")
            except (OSError, SeedError) as error:
                job.say(f"cache: {path} could not be kept: {error}")

    def key(self, path: str) -> str:
        parts = [FORMAT, self.app_id, self.stage_id, path.strip("/"), platform.system(), platform.machine()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _restore(self, path: str, tree: Path, job: Job) -> str:
        damaged: list[str] = []
        archive = self.cache.get(self.key(path), damaged.append)
        if archive is None:
            return "was damaged on the disk, so it begins empty" if damaged else "is not kept yet"
        argv = ("sh", "-c", UNPACK, "tar", str(archive), str(tree))
        command = Command(argv, tree, writable=(tree,), readable=(archive,), timeout=SECONDS, build=tree)
        said: list[str] = []
        if not self.runner.run(command, said.append, job.cancelled).ok:
            return f"could not be brought back whole: {said[-1] if said else 'it was stopped'}"
        return f"is back, {_size(archive.stat().st_size)}"

    def _keep(self, path: str, tree: Path, job: Job) -> str:
        refused = _refused(tree, path, self.most_mb * MB // SHARE)
        if refused:
            return refused
        self.scratch.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix="keep-", dir=self.scratch))
        try:
            argv = ("tar", "-cf", str(room / "tar"), "-C", str(tree), "--", f"./{path.strip('/')}")
            command = Command(argv, room, writable=(room,), readable=(tree,), timeout=SECONDS)
            said: list[str] = []
            if not self.runner.run(command, said.append, job.cancelled).ok:
                return f"could not be packed: {said[-1] if said else 'it was stopped'}"
            size = (room / "tar").stat().st_size
            self.cache.put(self.key(path), room / "tar")
            return f"is kept, {_size(size)}"
        finally:
            shutil.rmtree(room, ignore_errors=True)


def _refused(tree: Path, path: str, most: int) -> str:
    """Why it is not kept; "" where it can be."""
    if not most:
        return "is not kept: SEED_CACHE_PATHS_MB is 0"
    way = tree
    for part in Path(path).parts:
        way /= part
        if way.is_symlink():
            return "is not kept: it is a link, or lies behind one. Name the folder itself."
    if not way.exists():
        return "is not there, so there is nothing to keep"
    if not way.is_dir():
        return "is not kept: it is a file. Name a folder."
    if used([way], most) >= most:
        return f"is not kept: it is larger than {_size(most)}, a quarter of SEED_CACHE_PATHS_MB"
    return ""


def _size(size: int) -> str:
    return f"{size / MB:.1f} MB"
