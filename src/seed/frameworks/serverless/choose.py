"""Which framework packages a service: the repository's own, or a bundled line that fits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seed.frameworks.assembly import FoundService
from seed.frameworks.errors import ConfigNotReadable, FrameworkNotUsable
from seed.frameworks.serverless.config import read_config

OWN = ("osls", "serverless")
LICENSED = 4
MAJOR = re.compile(r"(?<![\d.])[v^~]?(\d+)")


@dataclass(frozen=True, slots=True)
class Bundled:
    """The folder of `node_modules` with the lines that Seed brings: `osls` (4) and `osls-3`."""

    node_modules: Path


@dataclass(frozen=True, slots=True)
class Framework:
    """`script` is run with node. `sdk` says which AWS SDK it speaks: v2 ignores AWS_ENDPOINT_URL."""

    script: Path
    label: str
    sdk: Literal["v2", "v3"]
    root: Path
    """The folder that must be readable to run it."""


def choose_framework(tree: Path, service: FoundService, bundled: Bundled) -> Framework:
    """Call it after dependencies are installed."""
    folder = tree / service.path
    for place in (folder, tree) if folder != tree else (tree,):
        own = _own(place)
        if own is not None:
            return own
    return _bundled(bundled, folder / service.config)


def _own(place: Path) -> Framework | None:
    wanted = _wanted(place / "package.json")
    for name in OWN:
        if name not in wanted:
            continue
        root = place / "node_modules" / name
        if not (root / "package.json").is_file():
            raise FrameworkNotUsable(
                f"package.json asks for {name}, but it is not installed.",
                hint="Is it in the lock file?",
                where=f"{place.name}/package.json",
            )
        version = str(json.loads((root / "package.json").read_text()).get("version", "?"))
        first = version.partition(".")[0]
        major = int(first) if first.isdigit() else 0
        if name == "serverless" and major >= LICENSED:
            raise FrameworkNotUsable(
                f"serverless {version} downloads a licensed program when it runs; Seed does not use it.",
                hint="Put osls 4 in its place, the open line of the same framework: npm install osls@4",
                where="package.json",
            )
        sdk: Literal["v2", "v3"] = "v3" if name == "osls" and major >= LICENSED else "v2"
        script = _script(root)
        return Framework(script, f"{name} {version} (from the repository)", sdk, root.parent)
    return None


def _script(root: Path) -> Path:
    """What package.json calls the program; kept inside of the package."""
    bins = json.loads((root / "package.json").read_text()).get("bin", {})
    name = bins if isinstance(bins, str) else next(iter(bins.values()), "bin/serverless.js")
    script = (root / str(name)).resolve()
    if not script.is_relative_to(root.resolve()):
        raise FrameworkNotUsable("The framework's program lies outside of its package.", where="package.json")
    return script


def _wanted(package_json: Path) -> set[str]:
    if not package_json.is_file():
        return set()
    try:
        data = json.loads(package_json.read_text())
        return {name for kind in ("dependencies", "devDependencies") for name in dict(data.get(kind) or {})}
    except (ValueError, AttributeError, TypeError):
        raise ConfigNotReadable("package.json does not parse.", where="package.json") from None


def _bundled(bundled: Bundled, config: Path) -> Framework:
    """A `frameworkVersion` of 3 and older → osls 3, since osls 4 refuses to run it; else osls 4."""
    version = ""
    if config.suffix not in {".js", ".ts"}:
        version = str(read_config(config, where=config.name).get("frameworkVersion") or "")
    line = "osls-3" if _only_old(version) else "osls"
    root = bundled.node_modules / line
    if not (root / "package.json").is_file():
        raise FrameworkNotUsable(
            f"The bundled framework {line} is not installed.", hint="Run make install on the server."
        )
    found = json.loads((root / "package.json").read_text())["version"]
    return Framework(
        root / "bin" / "serverless.js",
        f"osls {found} (bundled)",
        "v2" if line == "osls-3" else "v3",
        bundled.node_modules,
    )


def _only_old(wanted: str) -> bool:
    """Whether a version or range keeps 4 out: `3`, `^3.2`, `2.x || 3.x`, `>=2 <4`; but not `>=3.0.0`."""
    if not wanted.strip():
        return False
    return not any(_allows_new(part) for part in wanted.split("||"))


def _allows_new(part: str) -> bool:
    bound_below = False
    for operator, number in re.findall(r"(>=|<=|>|<|=|\^|~)?\s*v?(\d+)(?:\.[\dx*]+)*", part):
        major = int(number)
        if operator in {"", "=", "^", "~"} and major < LICENSED:
            return False
        if (operator == "<" and major <= LICENSED) or (operator == "<=" and major < LICENSED):
            return False
        bound_below = True
    return bound_below or "*" in part or "x" in part
