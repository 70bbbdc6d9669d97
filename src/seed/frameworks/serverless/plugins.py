"""What a service has run after its stack is deployed: plugins with hooks on the framework's deploy lifecycle.

`plugins.js` beside this module tells it when a service is packaged. The file was written beside other people's code.
"""

from __future__ import annotations

import json
from pathlib import Path

TOLD = "seed-plugins.json"
MOST = 50
LONGEST = 120
MOST_BYTES = 100_000


def read_plugins(out: Path) -> tuple[str, ...]:
    """Names as the configuration writes them, sorted; empty where nothing runs then."""
    path = out / TOLD
    try:
        if path.is_symlink() or path.stat().st_size > MOST_BYTES:
            return ()
        told = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return ()
    names = {name[:LONGEST] for name in told if isinstance(name, str) and name} if isinstance(told, list) else set()
    return tuple(sorted(names)[:MOST])
