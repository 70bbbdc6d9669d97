"""GitHub's own published examples of what it sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "npm/node_modules/@octokit/webhooks-examples/api.github.com/index.json"


FOLLOWED = ("push", "pull_request", "check_suite", "check_run", "status", "delete", "create", "ping")


def published() -> list[tuple[str, int, dict[str, Any]]]:
    """GitHub's own examples of the events that we are told of."""
    found = {one["name"]: one["examples"] for one in json.loads(EXAMPLES.read_text())}
    return [(name, index, body) for name in FOLLOWED for index, body in enumerate(found[name])]


PUBLISHED = published()


def example(name: str, **wanted: Any) -> dict[str, Any]:
    return next(b for n, _, b in PUBLISHED if n == name and all(b.get(k) == v for k, v in wanted.items()))
