"""Write runtimes.json: until when Lambda supports each runtime, and takes functions on it."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.rules.cfn_lint import CfnLint

TARGET = Path(__file__).parents[2] / "src/seed/changesets/rules/runtimes.json"
DAYS = {"ends": "deprecated", "no_new": "create-block", "no_updates": "update-block"}


def write(source: CfnLint) -> None:
    told = {
        name: {ours: days[theirs] for ours, theirs in DAYS.items()} for name, days in sorted(source.runtimes().items())
    }
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(days)}" for name, days in told.items())
    TARGET.write_text(f'{{\n "published": "{source.published()}",\n "runtimes": {{\n{rows}\n }}\n}}\n')
