"""Which framework packages a service: the repository's own, or a bundled line that fits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import FrameworkNotUsable
from seed.frameworks.serverless.config import read_config, read_text
from seed.frameworks.serverless.places import dependencies, places, read_package_json
from seed.frameworks.serverless.wanted import fits, only_old

OWN = ("osls", "serverless")
LICENSED = 4
IN_CODE = re.compile(r"""frameworkVersion["']?\s*:\s*["'`]([^"'`\n]{1,60})["'`]""")
Sdk = Literal["v2", "v3"]


@dataclass(frozen=True, slots=True)
class Bundled:
    """The folder of `node_modules` with the lines that Seed brings: `osls` (4) and `osls-3`."""

    node_modules: Path


@dataclass(frozen=True, slots=True)
class Framework:
    """`script` is run with node. `sdk` says which AWS SDK it speaks: v2 ignores AWS_ENDPOINT_URL."""

    script: Path
    label: str
    sdk: Sdk
    root: Path
    """The folder that must be readable to run it."""
    bundled: bool = False


def choose_framework(tree: Path, service: FoundService, bundled: Bundled) -> Framework:
    """Call it after dependencies are installed. The nearest package.json that names a framework decides."""
    near_first = list(reversed(places(service.path)))
    for folder in near_first:
        wanted = dependencies(read_package_json(tree, folder))
        for name in OWN:
            if name in wanted:
                return _own(tree, folder, name)
    return _bundled(bundled, tree, service)


def _own(tree: Path, folder: str, name: str) -> Framework:
    where = f"{folder}/package.json".lstrip("/")
    root = _installed(tree, folder, name)
    if root is None:
        raise FrameworkNotUsable(
            f"package.json asks for {name}, but it was not installed.",
            hint="Is it in the lock file? Then look at the log of the install step.",
            where=where,
        )
    manifest = _manifest(root)
    version = str(manifest.get("version", "?"))
    major = version.partition(".")[0]
    new = major.isdigit() and int(major) >= LICENSED
    if name == "serverless" and new:
        raise FrameworkNotUsable(
            f"serverless {version} downloads a licensed program when it runs; Seed does not use it.",
            hint="Put osls 4 in its place, the open line of the same framework: npm install osls@4",
            where=where,
        )
    label = f"{name} {version} (from the repository)"
    return Framework(_script(root, manifest, where), label, "v3" if new else "v2", tree)


def _installed(tree: Path, folder: str, name: str) -> Path | None:
    """As node finds it: in this folder's node_modules, or in one above. Links stay in the checkout."""
    for above in reversed(places(folder)):
        root = (tree / above / "node_modules" / name).resolve()
        if (root / "package.json").is_file() and root.is_relative_to(tree.resolve()):
            return root
    return None


def _script(root: Path, manifest: dict[str, Any], where: str) -> Path:
    """What its package.json calls the program; kept inside of the package."""
    bins = manifest.get("bin")
    name = next(iter(bins.values()), "") if isinstance(bins, dict) else bins
    script = (root / str(name or "bin/serverless.js")).resolve()
    if not script.is_relative_to(root):
        raise FrameworkNotUsable("The framework's program lies outside of its package.", where=where)
    return script


def _bundled(bundled: Bundled, tree: Path, service: FoundService) -> Framework:
    """A `frameworkVersion` of 3 and older → osls 3, since osls 4 refuses to run it; else osls 4."""
    wanted = _framework_version(tree, service)
    line = "osls-3" if only_old(wanted) else "osls"
    root = bundled.node_modules / line
    version = str(_manifest(root).get("version", ""))
    if not version:
        raise FrameworkNotUsable(
            f"The bundled framework {line} is not installed.", hint="Run make install on the server."
        )
    instead = "" if fits(version, wanted) else f", for frameworkVersion {wanted}"
    return Framework(
        script=root / "bin" / "serverless.js",
        label=f"osls {version} (bundled{instead})",
        sdk="v2" if line == "osls-3" else "v3",
        root=bundled.node_modules,
        bundled=True,
    )


def _framework_version(tree: Path, service: FoundService) -> str:
    path = tree / service.path / service.config
    where = f"{service.path}/{service.config}".lstrip("/")
    if not service.config.endswith((".js", ".ts")):
        return str(read_config(path, where=where).get("frameworkVersion") or "")
    found = IN_CODE.search(read_text(path, where))
    return found[1] if found else ""


def _manifest(root: Path) -> dict[str, Any]:
    try:
        data = json.loads((root / "package.json").read_text())
    except (OSError, ValueError, RecursionError):
        data = {}
    return data if isinstance(data, dict) else {}
