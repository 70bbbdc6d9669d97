"""What an installation is made of, when it can be made of that alone: its files, its variables, the key of both."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from seed.frameworks.serverless import InstallStep
from seed.work.dependencies.workspace_manifests import MANIFEST, NotKept, manifest_folders

FORMAT = "1"
LARGEST = 20_000_000
SETTINGS = (".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".node-version", ".nvmrc")
LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
OWN_SCRIPTS = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
LOCAL = ("file:", "link:", "portal:", "patch:", "./", "../", "/", "~")
CODE = ("binding.gyp", ".pnpmfile.cjs", ".yarn/plugins", ".yarn/releases")
"""Settings that are code of the repository: with them an installation is not made of its key alone."""
INJECTED = b"inject"
"""In a manifest or in settings: pnpm then copies a member's files into node_modules."""
NAMED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
PASSED = ("npm_config_", "NPM_CONFIG_", "YARN_", "PNPM_", "PIP_")
PINNED = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?\s*==\s*[A-Za-z0-9.+!_-]+(\s*;.*)?(\s+--hash=\S+)*"
)


def _quiet(_said: str) -> None:
    """Nobody asked why."""


@dataclass(frozen=True, slots=True)
class Recipe:
    files: Mapping[str, bytes]
    """Relative to the step's folder."""
    env: Mapping[str, str]
    key: str


def recipe(
    tree: Path,
    step: InstallStep,
    env: Mapping[str, str],
    scope: str,
    versions: str,
    say: Callable[[str], None] = _quiet,
) -> Recipe | None:
    """None where it depends on more; of a workspace `say` is told why. `scope` keeps apps apart; `versions` are those
    of the programs that install.
    """
    folder = tree / step.folder
    if "PATH" in env or (folder / "node_modules").exists():
        return None  # a hook chose other programs, or has put something there
    try:
        files = _python(folder, step) if step.name == "pip install" else _node(folder)
    except NotKept as reason:
        say(f"{step.name} in {step.folder or 'the root'}: the workspace's dependencies are not kept: {reason}.")
        return None
    if files is None:
        return None
    settings = "".join(content.decode(errors="replace") for name, content in files.items() if _is_setting(name))
    wanted = set(NAMED.findall(settings)) | {"NODE_ENV"}
    given = {k: v for k, v in env.items() if (k in wanted or k.startswith(PASSED)) and not k.startswith("AWS_")}
    parts = [FORMAT, scope, versions, f"{platform.system()} {platform.machine()} {platform.libc_ver()}", *step.argv]
    parts += [f"{name}={value}" for name, value in sorted(given.items())]
    parts += [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())]
    return Recipe(files, given, hashlib.sha256(json.dumps(parts).encode()).hexdigest())


def _node(folder: Path) -> dict[str, bytes] | None:
    if not any((folder / lock).is_file() for lock in LOCKS):
        return None
    files = _read(folder, ("package.json", *LOCKS, *SETTINGS))
    if files is None or "package.json" not in files or b"install-links" in files.get(".npmrc", b""):
        return None
    root = _json(files["package.json"])
    given = root.get("workspaces")
    globs = given.get("packages") if isinstance(given, dict) else given
    if isinstance(globs, list) or (folder / "pnpm-workspace.yaml").is_file():
        return _workspace(folder, files)
    code = any((folder / name).exists() for name in CODE)
    return files if _from_elsewhere(root) and not code else None


def _workspace(root: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """With the manifests and settings of all members: they are in the key and in the clean folder, and nothing else of
    a member is. Their links then lead to whatever code a build has there.
    """
    found = dict(files)
    for folder in ("", *manifest_folders(root)):
        mine = files if not folder else _read(root / folder, (MANIFEST, *SETTINGS))
        where = folder or "the root"
        if mine is None or any((root / folder / name).exists() for name in CODE):
            raise NotKept(f"{where} brings code that the installation would run or follow")
        package = _json(mine[MANIFEST])
        if not _from_elsewhere(package):
            raise NotKept(f"{where} has install scripts of its own, or dependencies from folders")
        if folder and ("bin" in package or "directories" in package):
            raise NotKept(f"{where} offers commands, which are made of its files")
        if any(INJECTED in content for content in mine.values()):
            raise NotKept(f"{where} asks for copies of members in place of links")
        found |= {f"{folder}/{name}" if folder else name: content for name, content in mine.items()}
    return found


def _is_setting(name: str) -> bool:
    return PurePosixPath(name).name.startswith(".")


def _from_elsewhere(package: dict[str, Any]) -> bool:
    """No script of its own would run, and every dependency comes from outside of the repository."""
    scripts = package.get("scripts")
    if isinstance(scripts, dict) and any(name in scripts for name in OWN_SCRIPTS):
        return False
    found = [package.get(kind) for kind in KINDS]
    asked = [str(want) for given in found if isinstance(given, dict) for want in given.values()]
    return not any(want.startswith(LOCAL) for want in asked)


def _python(folder: Path, step: InstallStep) -> dict[str, bytes] | None:
    """Only where every version is pinned: by `Pipfile.lock`, or line by line."""
    if "-r" not in step.argv:
        wanted = step.argv[step.argv.index("--no-deps") + 1 :] if "--no-deps" in step.argv else ()
        return {} if wanted and all(PINNED.fullmatch(one) for one in wanted) else None
    files = _read(folder, ("requirements.txt",))
    if not files:
        return None
    text = files["requirements.txt"].decode(errors="replace").replace("\\\n", " ")
    lines = [line.split(" #")[0].strip() for line in text.splitlines()]
    return files if all(PINNED.fullmatch(line) for line in lines if line and not line.startswith("#")) else None


def _read(folder: Path, names: tuple[str, ...]) -> dict[str, bytes] | None:
    found = {}
    for name in names:
        path = folder / name
        if path.is_symlink():
            return None
        if path.is_file():
            if path.stat().st_size > LARGEST:
                return None
            found[name] = path.read_bytes()
    return found


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {"scripts": {"install": ""}}
    return found if isinstance(found, dict) else {}
