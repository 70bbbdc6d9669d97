# ruff: noqa: INP001, a script and no package
"""Write regions.json.gz: which resource types each region offers.

    python scripts/rules/regions.py

Downloads `cfn-lint` (pinned below, MIT-0), which lists the types that the registry of each region has, and reads those
lists as data: no code of the package runs. Regions whose list is that of us-east-1 to the letter were never asked, and
are left out.
"""

from __future__ import annotations

import ast
import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "cfn-lint"
VERSION = "1.51.0"
LISTS = "cfnlint/data/schemas/providers/"
LARGEST = "us-east-1"
TARGET = Path(__file__).parents[2] / "src/seed/changesets/rules/regions.json.gz"


def main() -> None:
    offered = dict(fetch())
    offered = {region: types for region, types in offered.items() if types != offered[LARGEST] or region == LARGEST}
    regions = sorted(offered)
    lacking = {
        kind: "".join("-" if kind in offered[region] else "x" for region in regions)
        for kind in sorted(set().union(*offered.values()))
    }
    found = {"version": 1, "regions": regions, "lacking": {kind: told for kind, told in lacking.items() if "x" in told}}
    text = json.dumps(found, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))


def fetch() -> Iterator[tuple[str, frozenset[str]]]:
    """(region, the types it has)."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", folder]
        subprocess.run([*command, f"{PACKAGE}=={VERSION}"], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as package:
            for name in package.namelist():
                region = Path(name).stem.replace("_", "-")
                if name.startswith(LISTS) and name.endswith(".py") and not region.startswith("-"):
                    yield region, listed(package.read(name).decode())


def listed(source: str) -> frozenset[str]:
    """The keys of `types`."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "types" and statement.value:
            return frozenset(ast.literal_eval(statement.value))
    raise SystemExit("A list of types looks otherwise than it did.")


if __name__ == "__main__":
    main()
