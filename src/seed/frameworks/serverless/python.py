"""Python dependencies: laid beside the code, from where the framework packages them.

Only where the service runs Python and no plugin of the framework sees to it: then there would be none in
the package at all. A `Pipfile.lock` is read as the list it is, so pipenv need not be installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seed.frameworks.errors import ConfigNotReadable
from seed.frameworks.serverless.config import read_config
from seed.frameworks.serverless.places import dependencies, places, read_package_json

PLUGINS = frozenset(
    {
        "serverless-python-requirements",
        "serverless-python-individually",
        "serverless-package-python-functions",
        "serverless-uv-requirements",
    }
)
PIP = ("python3", "-m", "pip", "install", "--no-input", "--no-compile", "--upgrade", "--target", ".")


def python_argv(tree: Path, service_path: str, config: str) -> tuple[str, ...] | None:
    """None: nothing to install, or somebody else does."""
    folder = tree / service_path
    lock, requirements = folder / "Pipfile.lock", folder / "requirements.txt"
    if not (lock.is_file() or requirements.is_file()):
        return None
    if not _runs_python(folder / config) or _has_plugin(tree, service_path, folder / config):
        return None
    if lock.is_file():
        wanted = tuple(_locked(lock, f"{service_path}/Pipfile.lock".lstrip("/")))
        return (*PIP, "--no-deps", *wanted) if wanted else None
    return (*PIP, "-r", "requirements.txt")


def _runs_python(config: Path) -> bool:
    """A configuration that is code cannot be asked: requirements beside it are taken as meant."""
    if config.suffix in {".js", ".ts"}:
        return True
    data = read_config(config, where=config.name)
    functions = data.get("functions")
    runs = [data.get("provider"), *(functions.values() if isinstance(functions, dict) else ())]
    return any(str(one.get("runtime", "")).startswith("python") for one in runs if isinstance(one, dict))


def _has_plugin(tree: Path, service_path: str, config: Path) -> bool:
    given: Any = [] if config.suffix in {".js", ".ts"} else read_config(config, where=config.name).get("plugins")
    given = given.get("modules") if isinstance(given, dict) else given
    named = {str(plugin) for plugin in given} if isinstance(given, list) else set()
    for folder in places(service_path):
        named |= dependencies(read_package_json(tree, folder))
    return bool(named & PLUGINS)


def _locked(lock: Path, where: str) -> Iterator[str]:
    """Each package of the lock's default section as pip wants it told."""
    try:
        packages = json.loads(lock.read_text())["default"]
        for name, entry in sorted(packages.items()):
            yield _requirement(name, entry)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigNotReadable("Pipfile.lock does not parse.", hint="Run pipenv lock.", where=where) from None


def _requirement(name: str, entry: dict[str, Any]) -> str:
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    marker = f" ; {entry['markers']}" if entry.get("markers") else ""
    if "git" in entry:
        return f"{name}{extras} @ git+{entry['git']}@{entry['ref']}{marker}"
    if "path" in entry:
        return f"{entry['path']}{extras}"
    if name.startswith("-") or not str(entry["version"]).startswith("="):
        raise ValueError(name)
    return f"{name}{extras}{entry['version']}{marker}"
