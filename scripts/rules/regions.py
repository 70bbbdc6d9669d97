"""Write regions.json.gz: which resource types each region offers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from scripts.rules.cfn_lint import CfnLint

TARGET = Path(__file__).parents[2] / "src/seed/changesets/rules/regions.json.gz"


def write(source: CfnLint) -> None:
    offered = source.regions
    lacking = {
        kind: "".join("-" if kind in types else "x" for types in offered.values())
        for kind in sorted(set().union(*offered.values()))
    }
    found = {"version": 1, "regions": list(offered), "lacking": {k: told for k, told in lacking.items() if "x" in told}}
    text = json.dumps(found, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
