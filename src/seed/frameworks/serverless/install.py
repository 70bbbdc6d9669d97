"""Which dependencies a service needs installed before it is packaged, by the lock files that lie there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from seed.frameworks.serverless.discover import CONFIGS
from seed.frameworks.serverless.places import dependencies, places, read_package_json
from seed.frameworks.serverless.python import python_argv
from seed.work.runner.command import Command

NPM = ("--no-audit", "--no-fund", "--no-progress")
LOCKS = {
    "pnpm-lock.yaml": ("pnpm", "install", "--frozen-lockfile"),
    "yarn.lock": ("yarn", "install", "--frozen-lockfile", "--non-interactive"),
    "package-lock.json": ("npm", "ci", *NPM),
    "npm-shrinkwrap.json": ("npm", "ci", *NPM),
}
BERRY = ("yarn", "install", "--immutable")
"""Yarn 2 and newer; their lock files have a `__metadata` entry near the top."""
QUIET = {
    "npm_config_update_notifier": "false",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "YARN_ENABLE_TELEMETRY": "0",
}


@dataclass(frozen=True, slots=True)
class InstallStep:
    """`folder` is relative to the tree; "" is its root."""

    folder: str
    name: str
    argv: tuple[str, ...]

    def command(self, tree: Path, env: Mapping[str, str], timeout: float) -> Command:
        return Command(
            argv=self.argv,
            cwd=tree / self.folder,
            env={**env, **QUIET},
            writable=(tree,),
            timeout=timeout,
            build=tree,
        )


def install_steps(tree: Path, service_path: str) -> list[InstallStep]:
    """From the root down to the service's own folder. No lock file and no dependencies: nothing.

    Services of one tree share the steps above them: run equal steps once.
    """
    steps = list(_node_steps(tree, service_path))
    config = next((name for name in CONFIGS if (tree / service_path / name).is_file()), "")
    argv = python_argv(tree, service_path, config) if config else None
    if argv is not None:
        steps.append(InstallStep(service_path, "pip install", argv))
    return steps


def _node_steps(tree: Path, service_path: str) -> Iterator[InstallStep]:
    workspace: tuple[str, list[str]] | None = None
    for folder in places(service_path):
        package_json = read_package_json(tree, folder)
        lock = next((name for name in LOCKS if (tree / folder / name).is_file()), "")
        member = workspace is not None and _member(folder, *workspace)
        argv = _argv(tree / folder / lock, lock) if lock else ("npm", "install", *NPM, "--no-package-lock")
        if package_json and (lock or (_needs(package_json) and not member)):
            yield InstallStep(folder, " ".join(argv[:2]), argv)
        globs = _workspaces(tree / folder, package_json)
        if globs:
            workspace = folder, globs


def _argv(path: Path, lock: str) -> tuple[str, ...]:
    if lock == "yarn.lock":
        with path.open(errors="replace") as file:
            if "__metadata:" in file.read(2000):
                return BERRY
    return LOCKS[lock]


def _needs(package_json: dict[str, Any]) -> bool:
    return bool(dependencies(package_json) or package_json.get("workspaces"))


def _workspaces(place: Path, package_json: dict[str, Any]) -> list[str]:
    """The patterns of the folders that are installed with this one."""
    given = package_json.get("workspaces")
    given = given.get("packages") if isinstance(given, dict) else given
    if isinstance(given, list):
        return [str(glob) for glob in given]
    return ["**"] if (place / "pnpm-workspace.yaml").is_file() else []


def _member(folder: str, root: str, globs: list[str]) -> bool:
    """Whether a workspace's root has installed this folder's dependencies already."""
    parts = folder[len(root) :].strip("/").split("/")
    for glob in globs:
        pattern = glob.removeprefix("./").strip("/").split("/")
        if "**" in pattern and fnmatchcase("/".join(parts), "/".join(pattern).replace("**", "*")):
            return True
        if len(pattern) == len(parts) and all(map(fnmatchcase, parts, pattern)):
            return True
    return False
