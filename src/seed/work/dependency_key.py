"""What an installation is made of, when it can be made of that alone: its files, its variables, the key of both."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seed.frameworks.serverless import InstallStep

FORMAT = "1"
LARGEST = 20_000_000
SETTINGS = (".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".node-version", ".nvmrc")
LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
OWN_SCRIPTS = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
LOCAL = ("file:", "link:", "portal:", "patch:", "./", "../", "/", "~")
CODE = ("binding.gyp", ".pnpmfile.cjs", ".yarn/plugins", ".yarn/releases")
"""Settings that are code of the repository: with them an installation is not made of its key alone."""
NAMED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
PASSED = ("npm_config_", "NPM_CONFIG_", "YARN_", "PNPM_", "PIP_")
PINNED = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?\s*==\s*[A-Za-z0-9.+!_-]+(\s*;.*)?(\s+--hash=\S+)*"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    files: Mapping[str, bytes]
    """Relative to the step's folder."""
    env: Mapping[str, str]
    key: str


def recipe(tree: Path, step: InstallStep, env: Mapping[str, str], scope: str, versions: str) -> Recipe | None:
    """None where it depends on more. `scope` keeps apps apart; `versions` are those of the programs that install."""
    folder = tree / step.folder
    if "PATH" in env or (folder / "node_modules").exists():
        return None  # a hook chose other programs, or has put something there
    files = _python(folder, step) if step.name == "pip install" else _node(folder)
    if files is None:
        return None
    settings = "".join(content.decode(errors="replace") for name, content in files.items() if name.startswith("."))
    wanted = set(NAMED.findall(settings)) | {"NODE_ENV"}
    given = {k: v for k, v in env.items() if (k in wanted or k.startswith(PASSED)) and not k.startswith("AWS_")}
    parts = [FORMAT, scope, versions, f"{platform.system()} {platform.machine()} {platform.libc_ver()}", *step.argv]
    parts += [f"{name}={value}" for name, value in sorted(given.items())]
    parts += [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())]
    return Recipe(files, given, hashlib.sha256(json.dumps(parts).encode()).hexdigest())


def _node(folder: Path) -> dict[str, bytes] | None:
    if not any((folder / lock).is_file() for lock in LOCKS) or any((folder / name).exists() for name in CODE):
        return None
    files = _read(folder, ("package.json", *LOCKS, *SETTINGS))
    if files is None or "package.json" not in files or b"install-links" in files.get(".npmrc", b""):
        return None
    root = _json(files["package.json"])
    given = root.get("workspaces")
    globs = given.get("packages") if isinstance(given, dict) else given
    if isinstance(globs, list) or (folder / "pnpm-workspace.yaml").is_file():
        return None  # members are installed with it, and may be linked to one another: their code counts
    return files if _from_elsewhere(root) else None


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
