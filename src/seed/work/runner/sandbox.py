"""The fence, as data: the bubblewrap arguments for one command.

Inside there are the system's programs, read-only; the folders that the command names; its own HOME and
temporary folder; its own processes. Nothing of the server's data folder, and no other process.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from seed.errors import SeedError
from seed.work.runner.command import Command

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix")
ETC = (
    "resolv.conf", "hosts", "nsswitch.conf", "ssl", "ca-certificates", "pki", "localtime", "alternatives",
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "npmrc", "pip.conf", "gitconfig", "passwd", "group",
)  # fmt: skip
IN_MEMORY = ("/tmp", "/dev/shm")  # noqa: S108, inside the fence
IN_MEMORY_BYTES = str(512 * 1024 * 1024)
PROGRAMS = ("node", "npm", "python3", "git", "yarn", "pnpm", "pipenv", "uv")
FENCE = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL", "--die-with-parent", "--new-session")


class FolderReplaced(SeedError):
    """A build put a link in the place of a folder of its own."""

    code = "folder-replaced"
    status = 422


@cache
def bubblewrap() -> tuple[str, ...] | None:
    """The program and the namespaces that work on this host; None where it cannot be used."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    for extra in ((), ("--unshare-user",)):
        tried = (program, *FENCE, *extra)
        probe = (*tried, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true")
        if subprocess.run(probe, capture_output=True, check=False, timeout=20).returncode == 0:
            return tried
    return None


@cache
def toolchains() -> tuple[Path, ...]:
    """Where the interpreters that builds use live, when that is not under the system's own folders."""
    programs = [Path(path) for name in PROGRAMS if (path := shutil.which(name))]
    found = {place for program in programs for place in installation(program)} | {Path(sys.base_prefix)}
    return tuple(sorted(p for p in found if not _is_system(p)))


def must_lie_there(root: Path, writable: Iterable[Path]) -> None:
    """Below `root` no folder on the way to one that is bound may be a link: an earlier command of the build, which
    may write there, could have put it in the folder's place, and would be let out to where it leads.
    """
    for path in writable:
        if not path.is_relative_to(root):
            continue
        way = root
        for part in path.relative_to(root).parts:
            way /= part
            if way.is_symlink():
                raise FolderReplaced(
                    "A folder of the build was replaced by a link; nothing more of it is run.", where=path.name
                )


def fenced(
    prefix: tuple[str, ...], command: Command, home: Path, temporary: Path, resolver: Path | None = None
) -> list[str]:
    """The whole argument list, in the order in which bubblewrap mounts. `resolver` stands for the machine's own."""
    arguments = list(prefix)
    for folder in SYSTEM:
        arguments += ["--ro-bind-try", folder, folder]
    for name in ETC:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    if resolver is not None:
        arguments += ["--ro-bind", str(resolver), "/etc/resolv.conf"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run"]
    for folder in IN_MEMORY:
        arguments += ["--size", IN_MEMORY_BYTES, "--tmpfs", folder]
    for path in _once(*toolchains(), *command.readable):
        arguments += ["--ro-bind-try", str(path), str(path)]
    for path in _once(home, temporary, *command.writable):
        arguments += ["--bind", str(path), str(path)]
    # The root and /dev are file systems in memory, made to hang the others in: nobody fills those.
    arguments += ["--remount-ro", "/run", "--remount-ro", "/dev", "--remount-ro", "/"]
    if not command.network:
        arguments.append("--unshare-net")
    return [*arguments, "--chdir", str(command.cwd), "--", *command.argv]


def installation(path: Path) -> tuple[Path, ...]:
    """What a program on PATH belongs to, and the folder of the link that leads there, as npm makes one for yarn and
    pnpm; shims are asked where they lead.
    """
    if ".pyenv" in path.parts or "shims" in path.parts:
        # The shim's whole version manager: pyenv and asdf keep shims and versions below one root.
        root = next((p for p in path.parents if p.name == "shims"), path.parent)
        return (root.parent,)
    prefix = path.resolve().parent.parent
    return (prefix,) if path.is_relative_to(prefix) else (prefix, path.parent)


def _is_system(path: Path) -> bool:
    return any(path == Path(s) or Path(s) in path.parents for s in (*SYSTEM, "/usr/local"))


def _once(*paths: Path) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in paths:
        if path not in seen:
            seen.add(path)
            yield path
