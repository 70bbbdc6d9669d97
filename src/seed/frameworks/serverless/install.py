"""Which dependencies a service needs installed before it is packaged, by the lock file that lies there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seed.work.runner.command import Command

NPM = ("--no-audit", "--no-fund", "--no-progress")


@dataclass(frozen=True, slots=True)
class InstallStep:
    """`folder` is relative to the tree; "" is its root."""

    folder: str
    name: str
    argv: tuple[str, ...]

    def command(self, tree: Path, env: dict[str, str], timeout: float) -> Command:
        return Command(
            argv=self.argv,
            cwd=tree / self.folder,
            env={**env, "npm_config_update_notifier": "false", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            writable=(tree,),
            timeout=timeout,
        )


def install_steps(tree: Path, service_path: str) -> list[InstallStep]:
    """Root first, then the service's own folder. No lock file and no dependencies: nothing."""
    folders = [""] if not service_path else ["", service_path]
    return [step for folder in folders for step in _steps(tree / folder, folder)]


def _steps(place: Path, folder: str) -> list[InstallStep]:
    return [*_node(place, folder), *_python(place, folder)]


def _node(place: Path, folder: str) -> list[InstallStep]:
    if not (place / "package.json").is_file():
        return []
    locks = {
        "pnpm-lock.yaml": ("pnpm", "install", "--frozen-lockfile"),
        "yarn.lock": ("yarn", "install", "--frozen-lockfile", "--non-interactive"),
        "package-lock.json": ("npm", "ci", *NPM),
        "npm-shrinkwrap.json": ("npm", "ci", *NPM),
    }
    for lock, argv in locks.items():
        if (place / lock).is_file():
            return [InstallStep(folder, " ".join(argv[:2]), argv)]
    if _has_dependencies(place / "package.json"):
        return [InstallStep(folder, "npm install", ("npm", "install", *NPM, "--no-package-lock"))]
    return []


def _has_dependencies(package_json: Path) -> bool:
    import json

    try:
        data = json.loads(package_json.read_text())
    except ValueError:
        return True  # npm says better what is wrong with it
    kinds = ("dependencies", "devDependencies", "workspaces")
    return isinstance(data, dict) and any(data.get(kind) for kind in kinds)


def _python(place: Path, folder: str) -> list[InstallStep]:
    """Into the service's folder of vendored modules only where the repository has a Pipfile or asks for one.

    Plain requirements.txt files are packaged by the framework's plugin, or vendored into the code's folder.
    """
    if (place / "Pipfile.lock").is_file():
        return [InstallStep(folder, "pipenv", ("pipenv", "sync"))]
    if (place / "requirements.txt").is_file() and not (place / "package.json").is_file():
        target = ("--target", ".", "--upgrade", "--no-compile")
        return [
            InstallStep(folder, "pip install", ("python3", "-m", "pip", "install", *target, "-r", "requirements.txt"))
        ]
    return []
